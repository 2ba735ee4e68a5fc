"""Each statement of the sources with the rules that hold it and the tests that hold the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from atlint.plan import EDITIONS, Node
from atlint.plan.truth import read_json
from atlint.rules import REGISTRY
from atlint.rules.rule import Rule, Scope
from atlint.rules.selection import everything
from tests.generated.page import ROOT, Page, made, rule_link, table

#: where law 3 and the fixtures of a rule are held, by its scope
_TESTS: Final[Mapping[Scope, tuple[str, ...]]] = {
    Scope.LINE: ("tests/test_laws.py", "tests/test_constitution.py"),
    Scope.EVENT: ("tests/test_laws.py", "tests/test_constitution.py"),
    Scope.STREAM: ("tests/test_laws.py",),
    Scope.FILE: ("tests/test_laws.py",),
    Scope.SOURCE: ("tests/integrations/source/test_rules.py",),
    Scope.CLUSTER: ("tests/pipeline/test_rules.py",),
    Scope.REGISTRATION: ("tests/readiness/test_verdict.py",),
}
#: what the sources state and no rule holds: citation, statement, why not
WITHOUT: Final = (
    ("BP18#which events to send", "A service logs what changes resources, data or access, and leaves out noise.",
     "What deserves an event is a judgement. A registration's list of actions is the nearest: AT208, AT902, AT911."),
    ("BP18#user copy", "Whether the copy goes to an account or to a space follows from how the service is sold.",
     "No event says how; `userCopy` of the registration does, and readiness holds events against it."),
    ("BP18#meta", "Events of global services are registered in Dallas.",
     "Which services are global is published nowhere that a program could read."),
    ("EV18#id", "`id` may join the events of one piece of work.",
     "An event's meaning; a value that comes twice with the same bytes is AT602."),
    ("EV20#initiator.host.address", "The address is that of the user, not of a machine of the platform.",
     "The platform's addresses are not published; loopback and private ones are AT522."),
    ("EV20#requestData", "Requests and responses are given, empty ones too; names are camelCase.",
     "The editions make both optional, and published events leave them out or name their members freely."),
    ("EV20#requestData", "One request that changes several things is one event and an event for each change.",
     "How many things a request changed is known to the service alone."),
    ("EV20#resourceGroupId", "The resource group stands at the root.",
     "A later edition puts it below the target; both are taken, neither is asked for."),
    ("FOC#event tracking notes", "`eventTime` is the last member.",
     "An accident of one tool: JSON objects have no order."),
    ("SEED#register the service", "The service token is handed out by hand, for each environment.",
     "`atlint` never sees who asks for it; a token that is known to everyone is AT710."),
    ("SEED#step 3", "The agents are restarted after the ConfigMap and the Secret are there.",
     "An act on a cluster, and none of its files; `atlint doctor` finds its absence in fluentd's own log."),
)  # fmt: skip


class Statement(NamedTuple):
    """`section` of a source, what it states in our words, and the codes that hold it."""

    section: str
    words: str
    codes: tuple[str, ...]


def pages() -> Iterator[Page]:
    """The trace."""
    yield made("docs/reference/trace.md", _trace())


def _trace() -> Iterator[str]:
    yield from (
        "# From statement to rule to test",
        "",
        "Each source, each of its statements in our words, and the rules that hold it. A rule's statement is its",
        "summary; a field's is what its schema says of it, and the rules beside it are those that speak where it",
        "is not so. At the end stands what is stated and what no rule holds.",
        "",
        "Every rule has a breaker, and files under `fixtures/rules` unless it is about a whole log or case, which its",
        "breaker makes. The tests that hold them:",
        "",
    )
    rows = ((scope, _of_scope(scope), ", ".join(f"`{test}`" for test in tests)) for scope, tests in _TESTS.items())
    yield from table(("scope", "rules", "breakers and fixtures are held by"), rows)
    found = _statements()
    for tag, about in read_json("vocabulary/sources.json").items():
        yield from (f"## {tag}: {about['title']}, {about['date']}", "", f"Where: {about['address']}.", "")
        mine = sorted(found.get(tag, ()))
        if mine:
            yield from table(
                ("section", "statement", "rules"), ((one.section, one.words, _links(one.codes)) for one in mine)
            )
    yield from ("## What no rule holds", "")
    yield from table(("source", "statement", "why"), WITHOUT)


def _of_scope(scope: Scope) -> str:
    return str(sum(rule.scope is scope for rule in REGISTRY.values()))


def _links(codes: tuple[str, ...]) -> str:
    return ", ".join(map(rule_link, codes)) or "none: any value will do, and it may be absent"


def _statements() -> Mapping[str, set[Statement]]:
    found: dict[str, set[Statement]] = {}
    for cite, statement in (*_of_rules(), *_of_fields(), *_of_words()):
        found.setdefault(cite.partition("#")[0], set()).add(statement)
    return found


def _of_rules() -> Iterator[tuple[str, Statement]]:
    for rule in REGISTRY.values():
        for cite in rule.cites:
            yield cite, Statement(cite.partition("#")[2], _as_stated(rule), (rule.code,))


def _as_stated(rule: Rule) -> str:
    return f"{rule.name}: {rule.summary}"


def _of_fields() -> Iterator[tuple[str, Statement]]:
    for edition in EDITIONS:
        for node in everything(edition).root.walk():
            for cite in node.cites:
                place = node.pointer[1:].replace("/", ".").removeprefix("payload.") or "the event"
                words = f"`{place}`: {node.description}" if node.description else f"`{place}`"
                yield cite, Statement(cite.partition("#")[2], words, tuple(sorted(speaking(node))))


def speaking(node: Node) -> set[str]:
    """The codes that speak where a value is not as this place wants it."""
    wanted = {
        "type": bool(node.types),
        "enum": node.choices is not None,
        "required": node.missing is not None,
        "additionalProperties": node.closed,
        "minLength": bool(node.min_length),
        "minItems": bool(node.min_items),
        "maxItems": node.max_items is not None,
        "minimum": node.minimum is not None,
        "maximum": node.maximum is not None,
        "format": bool(node.form),
        "not": node.forbidden,
    }
    return {code for keyword, code in node.codes.items() if wanted.get(keyword)}


def _of_words() -> Iterator[tuple[str, Statement]]:
    """The tables of the vocabulary; what rules make of them is in the rules' own statements."""
    for path in sorted((ROOT / "schemas" / "vocabulary").glob("*.json")):
        content = read_json(f"vocabulary/{path.name}")
        for cite in content.get("cites", ()):
            yield cite, Statement(cite.partition("#")[2], f"vocabulary {path.stem}: {content['$comment']}", ())
