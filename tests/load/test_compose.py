from __future__ import annotations

import json
import random
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from atlint.load.chooser import Dice
from atlint.load.compose import compose
from atlint.load.spell import Either, Repeat, forks, spell, text_of, tree
from atlint.model import AtlintError
from atlint.plan import EDITIONS, compile_plan
from atlint.plan.form import GRAMMARS, acceptor, grammar_of
from atlint.plan.grammar import load
from tests.load.events import found, registration_of, strays, strict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from atlint.plan import Node

each_edition = pytest.mark.parametrize("edition", EDITIONS)


def some(edition: str, count: int, seed: int = 1) -> list[dict[str, Any]]:
    plan, draw = compile_plan(edition), Dice(random.Random(seed))
    return [compose(plan, draw) for _ in range(count)]


@each_edition
def test_events_are_clean_under_every_rule(edition: str) -> None:
    for event in some(edition, 200):
        assert found(edition, json.dumps(event, ensure_ascii=False).encode()) == []


@each_edition
def test_events_lie_within_their_nodes(edition: str) -> None:
    root = compile_plan(edition).root
    for event in some(edition, 200):
        assert [*strays(root, event)] == []


@each_edition
def test_the_same_seed_gives_the_same_events(edition: str) -> None:
    assert some(edition, 20, seed=3) == some(edition, 20, seed=3) != some(edition, 20, seed=4)


@each_edition
def test_every_member_of_every_closed_set_comes_up(edition: str) -> None:
    plan = compile_plan(edition)
    wanted = {
        (node.pointer, choice) for node in plan.root.walk() for choice in node.choices or () if not node.forbidden
    }
    seen: set[tuple[str, object]] = set()
    verbs = set()

    def note(node: Node, value: Any) -> None:
        seen.add((node.pointer, value) if isinstance(value, str | bool | int) else (node.pointer, None))
        for name, child in value.items() if isinstance(value, dict) else ():
            if name in node.members:
                note(node.members[name], child)

    known = plan.vocabulary.verbs - plan.vocabulary.vague_verbs
    for seed in range(30):
        for event in some(edition, 1000, seed):
            note(plan.root, event)
            verbs.add(event.get("payload", event)["action"].rpartition(".")[2])
        if wanted <= seen and verbs == known:
            break
    assert wanted <= seen
    assert verbs == known


@each_edition
def test_every_optional_member_with_a_weight_comes_up_and_goes(edition: str) -> None:
    plan = compile_plan(edition)
    events = some(edition, 600)

    def holds(event: dict, pointer: str) -> bool:
        value = event
        for name in pointer[1:].split("/"):
            if not isinstance(value, dict) or name not in value:
                return False
            value = value[name]
        return True

    for node in plan.root.walk():
        for name, member in node.members.items():
            if member.forbidden or name in node.required or not member.weight or node.pointer.startswith("/meta"):
                continue
            there = sum(holds(event, member.pointer) for event in events)
            assert there, member.pointer
            assert member.weight == 1 or there < len(events), member.pointer


@each_edition
def test_addresses_are_public(edition: str) -> None:
    for event in some(edition, 400):
        address = event.get("payload", event)["initiator"]["host"]["address"]
        assert not address or "/" in address or ip_address(address).is_global


@each_edition
def test_a_registration_gives_its_own_facts(edition: str) -> None:
    registration = registration_of(edition)
    draw = Dice(random.Random(2))
    for _ in range(100):
        event = compose(strict(edition, registration), draw)
        assert found(edition, json.dumps(event).encode(), registration) == []
        record = event.get("payload", event)
        declared = {action.action: action for action in registration.actions}[record["action"]]
        assert record["outcome"] in declared.outcomes
        assert record["target"]["typeURI"] == declared.target
        if meta := event.get("meta"):
            assert meta["serviceProviderRegion"] == "eu-de"
            assert meta["userSpaceId"]


@pytest.mark.parametrize("form", GRAMMARS)
def test_what_is_spelled_matches_its_grammar(form: str) -> None:
    draw = Dice(random.Random(4))
    for _ in range(300):
        assert acceptor(form)(spell(form, draw))


@pytest.mark.parametrize("form", GRAMMARS)
def test_every_way_of_every_fork_of_a_grammar_is_taken(form: str) -> None:
    grammar, rule = grammar_of(form)  # type: ignore[misc]
    whole = tree(grammar.pattern(rule).pattern)
    taken: set[tuple[int, int]] = set()

    class Noting(Dice):
        def pick(self, options: Sequence[Any]) -> Any:
            choice = super().pick(options)
            taken.add((id(options), options.index(choice)))
            return choice

    draw = Noting(random.Random(5))
    for _ in range(400):
        text_of(whole, draw)
    for fork in forks(whole):
        if isinstance(fork, Either):
            assert {(id(fork.ways), index) for index in range(len(fork.ways))} <= taken
        else:
            assert isinstance(fork, Repeat)


@pytest.mark.parametrize(
    "expression",
    ["a", "[a-c]{2}", "(?:ab|c)?d*", r"\.[^a-z]+", "(?P<one>x|y)-[0-9a-f]{4}(?:z)+", r"[.\]-]{1,3}", ".{2,}"],
)
def test_any_expression_of_the_kind_is_spelled(expression: str) -> None:
    draw = Dice(random.Random(6))
    for _ in range(100):
        assert re.fullmatch(expression, text_of(tree(expression), draw))


@pytest.mark.parametrize("expression", ["a)", "^a", "(a", "a$"])
def test_other_notation_is_refused(expression: str) -> None:
    with pytest.raises(AtlintError, match="cannot spell"):
        tree(expression)


def test_given_parts_stand_where_the_grammar_names_them() -> None:
    text = spell("at-crn", Dice(random.Random(7)), service="kms", location="eu-gb", resource="", resource_type="")
    assert text.split(":")[4:6] == ["kms", "eu-gb"]
    assert text.endswith("::")
    assert load("crn").pattern().fullmatch(text)
