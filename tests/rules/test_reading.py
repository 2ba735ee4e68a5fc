"""An event as rules read it: values by role, parts by grammar, and nothing of what was told already."""

from __future__ import annotations

from typing import Any

import pytest

from atlint.model import Problem, Said, Span
from atlint.rules.reading import Part, Reading, split, strings_of
from atlint.rules.selection import everything

CRN = "crn:v1:bluemix:public:kms:us-south:a/3f1b7c0d:9b1c:key:k1:with:more"


def of(value: Any, edition: str = "at-2018") -> Reading:
    return Reading(everything(edition), value)


def told(reading: Reading, pointer: str, within: Span | None = None) -> Reading:
    reading.tell(Problem("AT110", pointer, "", within=within))
    return reading


def test_values_by_their_roles() -> None:
    target = {"id": "x", "name": None, "n": 0}
    value = {"payload": {"target": target, "tags": ["a", "b"]}, "meta": {"userAccountIds": ["u"]}}
    reading = of(value)
    roles = ("target/id", "target/name", "target/n", "target/other", "tags/1", "tags/2", "tags/x", "target/id/x",
             "meta/userAccountIds/0", "action")  # fmt: skip
    assert {role: reading.raw(role) for role in roles} == {
        "target/id": "x",
        "target/name": None,
        "target/n": 0,
        "target/other": None,
        "tags/1": "b",
        "tags/2": None,
        "tags/x": None,
        "target/id/x": None,
        "meta/userAccountIds/0": "u",
        "action": None,
    }
    assert [role for role in roles if reading.present(role)] == [
        "target/id",
        "target/n",
        "tags/1",
        "meta/userAccountIds/0",
    ]
    assert [role for role in roles if reading.string(role)] == ["target/id", "tags/1", "meta/userAccountIds/0"]
    assert (reading.get("target/n"), reading.string("target/n")) == (0, None)
    assert of([]).raw("action") is None


def test_what_was_told_counts_as_absent() -> None:
    value = {"payload": {"target": {"id": "x", "name": "n"}, "action": ""}}
    assert (of(value).string("action"), of(value).get("action")) == (None, "")
    whole = told(of(value), "/payload/target")
    assert (whole.get("target/id"), whole.raw("target/id"), whole.present("target/id")) == (None, "x", True)
    assert [whole.sound(at) for at in ("", "/payload", "/payload/target", "/payload/target/id", "/payload/x")] == [
        True,
        True,
        False,
        False,
        True,
    ]
    part = told(of(value), "/payload/target/id", Span(0, 1))
    assert (part.get("target/id"), part.string("target/id"), part.string("target/name")) == ("x", None, "n")
    assert part.sound("/payload/target/id")
    everything_told = told(of(value), "")
    assert (everything_told.sound("/payload"), everything_told.get("target/id")) == (False, None)


def test_a_part_is_there_unless_something_was_told_of_it() -> None:
    reading = told(of({}), "/a", Span(3, 5))
    spans = [(0, 3), (2, 4), (3, 5), (4, 4), (4, 6), (5, 7), (0, 9), (3, 3), (5, 5)]
    found = {span: reading.unless_told("/a", Part("", Span(*span))) is not None for span in spans}
    assert found == {
        (0, 3): True,
        (2, 4): False,
        (3, 5): False,
        (4, 4): False,
        (4, 6): False,
        (5, 7): True,
        (0, 9): False,
        (3, 3): True,
        (5, 5): True,
    }
    assert told(of({}), "/a", Span(3, 3)).unless_told("/a", Part("", Span(3, 3))) is None
    assert told(of({}), "/a").unless_told("/a", Part("", Span(0, 1))) is None
    assert told(of({}), "/b").unless_told("/a", Part("", Span(0, 1))) is not None


def texts(parts: Any) -> list[Any]:
    return [part and (part.text, part.span) for part in parts]


def test_the_parts_of_an_action() -> None:
    def parts(text: object, within: Span | None = None) -> list[Any] | None:
        reading = of({"payload": {"action": text}})
        if within:
            told(reading, "/payload/action", within)
        action = reading.action()
        assert action is None or action.text == text
        return texts((action.service, action.object, action.verb)) if action else None

    assert parts("kms.key.read") == [("kms", (0, 3)), ("key", (4, 7)), ("read", (8, 12))]
    assert parts("kms.key.part.read") == [("kms", (0, 3)), ("key.part", (4, 12)), ("read", (13, 17))]
    assert parts("is.vpc.read") == [("is", (0, 2)), ("vpc", (3, 6)), ("read", (7, 11))]
    assert parts("is.vpc.key.read") == [("is.vpc", (0, 6)), ("key", (7, 10)), ("read", (11, 15))]
    assert parts("kms.read") is parts(7) is parts(None) is None
    assert parts("kms.key.read", Span(0, 3)) == [None, ("key", (4, 7)), ("read", (8, 12))]
    assert parts("kms.key.read", Span(4, 12)) == [("kms", (0, 3)), None, None]


def test_the_segments_of_a_crn() -> None:
    reading = of({"payload": {"target": {"id": CRN, "name": "crn:v1", "x": "nrc" + CRN[3:], "n": 7}}})
    crn = reading.crn("target/id")
    assert crn is not None
    assert (crn.pointer, crn.text) == ("/payload/target/id", CRN)
    assert [crn.said(name) for name in ("version", "service", "scope", "resource")] == [
        "v1",
        "kms",
        "a/3f1b7c0d",
        "k1:with:more",
    ]
    with pytest.raises(KeyError, match="other"):
        crn.part("other")
    assert crn.part("service") == Part("kms", Span(22, 25))
    assert crn.account == Part("3f1b7c0d", Span(37, 45))
    assert [reading.crn(f"target/{name}") for name in ("name", "x", "n", "other")] == [None] * 4
    told(reading, "/payload/target/id", Span(22, 25))
    crn = reading.crn("target/id")
    assert crn is not None
    assert (crn.part("service"), crn.said("service"), crn.said("location")) == (None, "", "us-south")
    told(reading, "/payload/target/id", Span(40, 41))
    crn = reading.crn("target/id")
    assert crn is not None
    assert crn.account is None


def test_whose_scope_names_an_account() -> None:
    def account(scope: str) -> str | None:
        crn = of({"payload": {"target": {"id": f"crn:v1:bluemix:public:kms:ng:{scope}:::"}}}).crn("target/id")
        return crn.account.text if crn and crn.account else None

    scopes = ("a/x", "a/", "a", "o/x", "s/x", "", "a/x/y")
    assert {scope: account(scope) for scope in scopes} == {
        "a/x": "x",
        "a/": None,
        "a": None,
        "o/x": None,
        "s/x": None,
        "": None,
        "a/x/y": "x/y",
    }


def test_a_problem_says_what_stands_at_its_place() -> None:
    reading = of({"payload": {"target": {"id": CRN}, "action": 7}})
    bare = reading.problem("AT301", "target/id", have=3)
    assert bare == Problem("AT301", "/payload/target/id", "", {"have": 3})
    service = reading.problem("AT310", "target/id", "near", part=Part("kms", Span(22, 25)), repair="k", suggestion="s")
    assert service.facts == {"said": Said("kms", "/payload/target/id", sensitive=False)}
    assert (service.case, service.within, service.repair, service.suggestion) == ("near", Span(22, 25), "k", "s")
    given = reading.problem("AT310", "/payload/target/id", part=Part("kms", Span(22, 25)), said="other")
    assert (given.pointer, given.facts) == ("/payload/target/id", {"said": "other"})
    assert reading.problem("AT101", "").pointer == ""
    spans = {(35, 45): True, (37, 45): True, (38, 40): True, (45, 46): False, (44, 46): False, (36, 37): False}
    found = {span: reading.problem("AT3", "target/id", part=Part("x", Span(*span))).facts["said"] for span in spans}
    assert {span: said.sensitive for span, said in found.items() if isinstance(said, Said)} == spans
    for role in ("action", "target/name"):
        plain = reading.problem("AT3", role, part=Part("x", Span(0, 1)))
        assert plain.facts["said"] == Said("x", f"/payload/{role}")
    assert reading.said("action") == Said("7", "/payload/action")
    assert reading.said("target/name") == Said("None", "/payload/target/name")


def test_every_string_of_an_event() -> None:
    plan = everything("at-2018")
    value: Any = {"payload": {"action": "x", "tags": ["a", 7, "b"], "odd/key": {"c": "d"}}, "n": 1}
    found = list(strings_of(value, "", plan.root))
    assert [(pointer, text) for pointer, text, _ in found] == [
        ("/payload/action", "x"),
        ("/payload/tags/0", "a"),
        ("/payload/tags/2", "b"),
        ("/payload/odd~1key/c", "d"),
    ]
    assert [node and node.pointer for _, _, node in found] == [
        "/payload/action",
        "/payload/tags/*",
        "/payload/tags/*",
        None,
    ]
    assert of(value).strings() == found


def test_parts_between_marks() -> None:
    assert list(split("a.bc..d", ".")) == [
        Part("a", Span(0, 1)),
        Part("bc", Span(2, 4)),
        Part("", Span(5, 5)),
        Part("d", Span(6, 7)),
    ]
    assert list(split("a::b::c", "::", 1)) == [Part("a", Span(0, 1)), Part("b::c", Span(3, 7))]
