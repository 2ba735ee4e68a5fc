from __future__ import annotations

from collections import Counter

import pytest

from atlint.load.world import by_rank, world_of
from atlint.model import AtlintError
from atlint.plan import EDITIONS, compile_plan
from tests.load.events import registration_of


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_seed_gives_one_world_and_another_seed_another(edition: str) -> None:
    plan = compile_plan(edition)
    assert world_of(plan, "1") == world_of(plan, "1") != world_of(plan, "2")


def test_pools_hold_distinct_things_of_every_kind() -> None:
    world = world_of(compile_plan("at-2025"), "1")
    assert len(set(world.accounts)) == len(world.accounts) > 100
    assert {"IBMid-", "iam-ServiceId-", "iam-Profile-", "CertificateId-", ""} <= {*world.people}
    assert len(set(world.names)) > 200
    assert {*world.addresses} == {"IPv4", "IPv6"}


def test_subjects_of_a_kind_keep_their_account_and_kinds_share_none() -> None:
    world = world_of(compile_plan("at-2018"), "1")
    one, other = world.subjects("kms"), world.subjects("object-storage")
    assert one == world.subjects("kms")
    assert {subject.account for subject in one} <= {*world.accounts}
    assert not {subject.instance for subject in one} & {subject.instance for subject in other}


def test_without_a_seed_nothing_is_laid_up() -> None:
    assert not world_of(compile_plan("at-2018")).accounts


def test_a_registration_brings_its_actions_and_places() -> None:
    world = world_of(compile_plan("at-2018", registration_of("at-2018")))
    assert {act.thing for act in world.acts} == {"greeting", "greeting-card"}
    assert all(act.fixed and act.display == "Greeter" for act in world.acts)
    assert {(home.region, home.project) for home in world.homes} == {
        ("eu-de", "5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32"),
        ("eu-de", "a:71316c2f90d84e5ab3c7d1e08f42a965"),
    }
    assert world.copy == "space"


def test_services_of_two_parts_keep_their_crn_name() -> None:
    actions = [{"action": "is.vpc.vpc.create"}, {"action": "is.instance.instance.start"}]
    registration = registration_of("at-2025", service={"name": "is"}, actions=actions)
    acts = world_of(compile_plan("at-2025", registration)).acts
    assert [(act.service, act.crn, act.thing) for act in acts] == [
        ("is.vpc", "is", "vpc"),
        ("is.instance", "is", "instance"),
    ]


def test_no_actions_are_an_error_of_usage() -> None:
    with pytest.raises(AtlintError, match="add some"):
        world_of(compile_plan("at-2018", registration_of("at-2018", actions=[])))


@pytest.mark.parametrize(("count", "size"), [(1, 16), (3, 16), (100, 256), (1024, 8192)])
def test_the_first_ranks_take_the_most_and_each_takes_some(count: int, size: int) -> None:
    places = Counter(by_rank(range(count), size))
    assert places.total() == size
    assert len(places) == count
    assert places[0] == max(places.values()) >= places[count - 1]
