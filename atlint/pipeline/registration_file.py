"""A registration file to a Registration, and to what is wrong with it, each fault at its place in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from atlint import regular
from atlint.model import HIDDEN, AtlintError, Fact, Problem, Said, Span
from atlint.pipeline import document, node
from atlint.pipeline.document import Stream
from atlint.pipeline.names import unquoted
from atlint.pipeline.node import Mapping, Node, Scalar
from atlint.pipeline.registration_facts import head, meaning, missing, quoted, short
from atlint.plan.registration import Registration, from_value
from atlint.plan.truth import read_json
from atlint.pointer import escape, resolve
from atlint.rules.credentials import random_spans, secret_spans
from atlint.rules.nearness import near
from atlint.rules.readiness_rules import READINESS

SCHEMA: Final = "registration.schema.json"
#: cases of AT909 under which a file is no registration at all, whatever it says
STRUCTURE: Final = frozenset({"yaml", "documents", "type", "unknown", "value", "repeated-key"})
#: case of AT909 by the keyword of the schema that fails
_CASES: Final = {
    "type": "type",
    "enum": "value",
    "pattern": "form",
    "minLength": "missing",
    "minItems": "missing",
    "uniqueItems": "repeated",
}
_KEYS: Final = ("service", "registrations", "actions", "userCopy")


@dataclass(frozen=True, slots=True)
class RegistrationFile:
    """What a file declares; `registration` is None where it has no shape to decode."""

    stream: Stream
    problems: tuple[Problem, ...]
    registration: Registration | None


def is_registration(stream: Stream) -> bool:
    """Whether a YAML file means to be a registration: one mapping with its keys, and no Kubernetes object."""
    root = _root(stream)
    if not isinstance(root, Mapping) or root.get("kind") is not None or root.get("apiVersion") is not None:
        return False
    return any(root.get(key) is not None for key in _KEYS)


def judge_registration(stream: Stream) -> Iterator[Problem]:
    """Every fault of a registration file, in the order of its lines.

    The `span` of a Problem counts code points of the file (`stream.source.place` makes a place of it), its
    `pointer` is that of the document.
    """
    return iter(read(stream).problems)


def read(stream: Stream) -> RegistrationFile:
    """Judge and decode a file. Never raises."""
    found = [Problem("AT909", "", "yaml", {"why": fault.message}, span=fault.span) for fault in stream.faults] or list(
        _judge(stream)
    )
    registration = None
    if not any(fatal(problem) for problem in found):
        root = _root(stream)
        value = _plain(node.to_json(root))
        registration = from_value(value)
        found += meaning(root, registration, {problem.pointer for problem in found}) if root else ()
        registration = from_value(_without(value, [problem.pointer for problem in found if unquoted(problem)]))
    found.sort(key=lambda problem: problem.span or Span(0, 0))
    return RegistrationFile(stream, tuple(found), registration)


def load(path: Path) -> RegistrationFile:
    """Read a registration from a file.

    Raises AtlintError, with line, column and pointer of the first fault, where it cannot be read or does not
    have the shape of a registration. Missing and impossible facts are `problems`.
    """
    found = _opened(path)
    if found.registration is None:
        raise AtlintError(_why(found))
    return found


def judged(path: Path) -> RegistrationFile:
    """Read a file that means to be a registration, for whoever tells of all its faults.

    An id of a region that has not its form is left out of the registration: nothing can be compared with it.
    Raises AtlintError where it cannot be read, is not YAML, or has none of a registration's keys.
    """
    found = _opened(path)
    if found.registration is None and (found.stream.faults or not is_registration(found.stream)):
        raise AtlintError(_why(found))
    if found.registration is None:
        return found
    malformed = {problem.pointer for problem in found.problems if problem.case == "form"}
    regions = tuple(
        replace(
            entry,
            space_id="" if f"/registrations/{index}/spaceId" in malformed else entry.space_id,
            account_id="" if f"/registrations/{index}/accountId" in malformed else entry.account_id,
        )
        for index, entry in enumerate(found.registration.regions)
    )
    return replace(found, registration=replace(found.registration, regions=regions))


def _opened(path: Path) -> RegistrationFile:
    try:
        data = regular.read(path)
    except OSError as error:
        raise AtlintError(f"{path}: {error.strerror or error}") from error
    return read(document.read(data, str(path)))


def _why(found: RegistrationFile) -> str:
    """Why there is no registration in a file."""
    return sentence(found.stream, next(problem for problem in found.problems if fatal(problem)))


def registration_of(path: Path) -> Registration:
    """What a file registers, for whoever does not judge it.

    Raises AtlintError as `load` does, and where a fact is so malformed that it may be a token: nothing may be made
    of it.
    """
    return _registered(load(path))


def sound_registration_of(path: Path) -> Registration:
    """What a file registers, for whoever makes something of every declared action.

    Raises AtlintError as `registration_of` does, and where what is declared has not the form of an action or a target
    type.
    """
    found = load(path)
    if fault := malformed(found):
        raise AtlintError(fault)
    return _registered(found)


def _registered(found: RegistrationFile) -> Registration:
    if found.registration is None:
        raise AtlintError(f"{found.stream.source.path}: there is no registration in it")
    if fault := _first(found, unquoted):
        raise AtlintError(fault)
    return found.registration


def malformed(found: RegistrationFile) -> str:
    """The first fact that has not the form of an action or a target type, or that may be a token; empty without one."""
    return _first(
        found,
        lambda problem: unquoted(problem) or (problem.case == "form" and problem.pointer.startswith("/actions/")),
    )


def first_fault(found: RegistrationFile, pointer: str) -> str:
    """The first fault at a pointer or below it, with its code, in one sentence with its place; empty without one."""
    return _first(found, lambda problem: f"{problem.pointer}/".startswith(f"{pointer}/"))


def _first(found: RegistrationFile, wanted: Callable[[Problem], bool]) -> str:
    problem = next(filter(wanted, found.problems), None)
    return f"{sentence(found.stream, problem)} ({problem.code})" if problem else ""


def fatal(problem: Problem) -> bool:
    """Whether there is no registration to speak of: no shape, or nobody who registers."""
    return problem.code == "AT909" and (problem.case in STRUCTURE or problem.pointer in {"/service", "/service/name"})


def sentence(stream: Stream, problem: Problem, *, placed: bool = True) -> str:
    """A fault in one line, with its pointer, and `placed` with file, line and column; no token is in it."""
    place = stream.source.place(problem.span or Span(0, 0))
    facts = {name: _said(fact) for name, fact in problem.facts.items()}
    said = READINESS[problem.code].cases[problem.case].message.format_map(facts)
    hint = f": did you mean {problem.suggestion!r}?" if problem.suggestion else ""
    where = f"{place.path}:{place.line}:{place.column}: " if placed else ""
    return where + _hidden(f"{problem.pointer or '/'}: {said}{hint}")


def _said(fact: Fact) -> str:
    if isinstance(fact, tuple):
        return ", ".join(fact)
    if not isinstance(fact, Said):
        return str(fact)
    text = _hidden(fact.text)[:80]
    return text if text == HIDDEN else repr(text)


def _hidden(text: str) -> str:
    """The text without what looks like a token: in a registration one may be pasted anywhere, also for a key."""
    for spans in (secret_spans, random_spans):
        for span in reversed(list(spans(text))):
            text = text[: span.start] + HIDDEN + text[span.end :]
    return text


def _root(stream: Stream) -> Node | None:
    return next((each.root for each in stream.documents if each.root is not None), None)


def _plain(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _without(value: dict[str, Any], pointers: list[str]) -> dict[str, Any]:
    """A registration without facts that may be tokens, and without actions that have no name then."""
    for each in pointers:
        holder, _, name = each.rpartition("/")
        about = resolve(value, holder)
        if isinstance(about, dict):
            about[name] = ""
    listed = value.get("actions")
    if pointers and isinstance(listed, list):
        value["actions"] = [entry for entry in listed if entry.get("action")]
    return value


def _judge(stream: Stream) -> Iterator[Problem]:
    """What the shape of the file is at fault in."""
    import jsonschema_rs

    root = _root(stream)
    if root is None:
        yield Problem("AT909", "", "yaml", {"why": "the file is empty"}, span=Span(0, 0))
        return
    more = [each for each in stream.documents if each.root is not None][1:]
    for each in more:
        yield Problem("AT909", "", "documents", span=each.span)
    for mapping in (each for each in node.walk(root) if isinstance(each, Mapping)):
        for _, entry in mapping.duplicates():
            yield Problem("AT909", entry.key.pointer, "repeated-key", span=entry.key.span)
    schema = read_json(SCHEMA)
    told: set[str] = set()
    for error in jsonschema_rs.validator_for(schema).iter_errors(node.to_json(root)):
        pointer = "".join(f"/{escape(str(step))}" for step in error.instance_path)
        about = resolve(schema, "".join(f"/{escape(str(step))}" for step in error.schema_path[:-1]))
        at = node.at(root, *error.instance_path)
        keyword = str(error.schema_path[-1])
        if keyword in {"additionalProperties", "required"}:
            yield from _members(keyword, about, at, pointer)
        elif at is not None and pointer not in told:
            told.add(pointer)
            yield _wrong(keyword, about, at, pointer)


def _members(keyword: str, about: Any, at: Node | None, pointer: str) -> Iterator[Problem]:
    """Members that the schema does not know, or that it misses; a slip of a name is told once, as the former."""
    if not isinstance(at, Mapping):
        return
    known = about["properties"]
    present = {entry.key.value: entry.key for entry in at.entries}
    strangers = {name: near(name, known) for name in present if name not in known}
    if keyword == "additionalProperties":
        for name, meant in strangers.items():
            yield Problem(
                "AT909",
                f"{pointer}/{escape(name)}",
                "unknown",
                {"field": name, "want": tuple(known)},
                span=present[name].span,
                suggestion=meant,
            )
        return
    for name in about["required"]:
        if name not in present and name not in strangers.values():
            yield Problem("AT909", f"{pointer}/{name}", "missing", missing(name), span=head(at))


def _wrong(keyword: str, about: Any, at: Node, pointer: str) -> Problem:
    case = _CASES[keyword]
    if keyword == "enum" and not isinstance(at, Scalar):
        case, keyword, about = "type", "type", {"type": "string"}
    field = pointer.rpartition("/")[2]
    facts: dict[str, Fact] = {"field": field if not field.isdigit() else pointer.split("/")[-2] if pointer else ""}
    suggestion = None
    if isinstance(at, Scalar):
        facts["said"] = quoted(pointer, at.value)
        suggestion = near(at.value, about["enum"]) if keyword == "enum" else None
    if keyword == "enum":
        facts["want"] = tuple(about["enum"])
    elif keyword == "type":
        facts["want"] = _TYPES.get(str(about["type"]), str(about["type"]))
    elif keyword == "pattern":
        facts["want"] = f"something such as {about['examples'][0]}" if "examples" in about else "a service's name"
    if not field:
        facts["field"] = "the file"
    return Problem("AT909", pointer, case, facts, span=short(at), suggestion=suggestion)


_TYPES: Final = {"object": "a mapping", "array": "a list", "string": "a text, in quotes if it looks like a number"}
