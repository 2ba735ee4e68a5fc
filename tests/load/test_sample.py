from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from atlint.load.identity import decode, find
from atlint.load.sample import Sampler
from atlint.load.source import Source, Stamp
from atlint.plan import EDITIONS, compile_plan
from tests.load.events import THEN, found, registration_of, strays, strict

RUN = "0badcafe"
each_edition = pytest.mark.parametrize("edition", EDITIONS)


def stamps(first: int, behind: int, step: float = 0.01, file: int = 3) -> list[Stamp]:
    return [Stamp(seq, file, THEN + seq * step) for seq in range(first, behind)]


def raws(source: Source, wanted: list[Stamp]) -> list[bytes]:
    return [made.raw for made in source.events(RUN, wanted)]


def record(raw: bytes) -> dict[str, Any]:
    event = json.loads(raw)
    return event.get("payload", event)


@each_edition
def test_events_are_clean_under_every_rule(edition: str) -> None:
    for raw in raws(Sampler(strict(edition), 1), stamps(0, 700)):
        assert found(edition, raw) == []


@each_edition
def test_events_lie_in_the_support_of_the_strategies(edition: str) -> None:
    plan = compile_plan(edition)
    for raw in raws(Sampler(plan, 2), stamps(0, 1000)):
        assert [*strays(plan.root, json.loads(raw))] == []


@each_edition
def test_any_split_of_the_stamps_gives_the_same_bytes(edition: str) -> None:
    plan = compile_plan(edition)
    whole = raws(Sampler(plan, 3), stamps(0, 600))
    assert raws(Sampler(plan, 3), stamps(400, 600)) == whole[400:]
    assert raws(Sampler(plan, 3), stamps(0, 600)[1::3]) == whole[1::3]
    source = Sampler(plan, 3)
    pieces = [raws(source, stamps(first, first + 7)) for first in range(0, 595, 7)]
    assert [raw for piece in pieces for raw in piece] == whole[:595]


def test_seeds_give_different_streams() -> None:
    plan = compile_plan("at-2018")
    assert not {*raws(Sampler(plan, 1), stamps(0, 50))} & {*raws(Sampler(plan, 2), stamps(0, 50))}


@each_edition
def test_each_event_names_itself_early(edition: str) -> None:
    for stamp, raw in zip(stamps(5, 100), raws(Sampler(compile_plan(edition), 1), stamps(5, 100)), strict=True):
        assert decode(record(raw)["id"]) == (RUN, stamp.file, stamp.seq)
        assert find(raw[:80]) == (RUN, stamp.file, stamp.seq)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (THEN, "2018-11-29T08:00:00.00+0000"),
        (THEN + 0.07, "2018-11-29T08:00:00.07+0000"),
        (THEN + 59.999, "2018-11-29T08:01:00.00+0000"),
        (1546300799.99, "2018-12-31T23:59:59.99+0000"),
        (1582934400.5, "2020-02-29T00:00:00.50+0000"),
    ],
)
def test_the_time_is_that_of_the_stamp(at: float, text: str) -> None:
    (raw,) = raws(Sampler(compile_plan("at-2018"), 1), [Stamp(0, 0, at)])
    assert record(raw)["eventTime"] == text


@each_edition
def test_the_stream_is_varied_and_some_things_are_popular(edition: str) -> None:
    records = [record(raw) for raw in raws(Sampler(compile_plan(edition), 5), stamps(0, 6000))]
    assert len({json.dumps(event, sort_keys=True) for event in records}) == len(records)
    assert len({event["target"]["id"] for event in records}) > 1500
    assert len({event["initiator"]["id"] for event in records}) > 200
    assert (
        len({(event["action"], event["outcome"], *sorted(event), *sorted(event["initiator"])) for event in records})
        > 150
    )
    assert {event["outcome"] for event in records} >= {"success", "failure", "pending"}
    assert not all(name.isascii() for name in (event["target"]["name"] for event in records))
    people = Counter(event["initiator"]["id"] for event in records)
    assert people.most_common(1)[0][1] > 3 * len(records) / len(people)
    verbs = {event["action"].rpartition(".")[2] for event in records}
    assert len(verbs) >= 24


@each_edition
def test_one_instance_has_one_account_and_one_crn(edition: str) -> None:
    seen: dict[str, set[str]] = {}
    for raw in raws(Sampler(compile_plan(edition), 6), stamps(0, 3000)):
        parts = record(raw)["target"]["id"].split(":")
        if len(parts[7]) >= 32:
            seen.setdefault(parts[7], set()).add(":".join(parts[:8]))
    assert all(len(crns) == 1 for crns in seen.values())


@each_edition
def test_the_lines_are_about_nine_hundred_bytes_long(edition: str) -> None:
    lines = raws(Sampler(compile_plan(edition), 7), stamps(0, 1000))
    assert 800 < sum(map(len, lines)) / len(lines) < 1300
    assert not any(b"\n" in line for line in lines)


@each_edition
def test_a_registration_is_kept_to(edition: str) -> None:
    registration = registration_of(edition)
    for raw in raws(Sampler(strict(edition, registration), 8), stamps(0, 200)):
        assert found(edition, raw, registration) == []
        assert record(raw)["action"] in registration.action_names
