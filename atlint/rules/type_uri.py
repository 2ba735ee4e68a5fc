"""Family AT2, typeURIs: what kind of thing the target is, and what kind of party the initiator is."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.plan.grammar import load
from atlint.rules.draft import Draft
from atlint.rules.reading import Part, Reading, split
from atlint.rules.reads import together
from atlint.rules.rule import INFO, WARNING, Case, Rule, Stage, always
from atlint.rules.service import same_service, slip_of

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://.*", re.IGNORECASE | re.DOTALL)
_FORM: Final = "service/object"


def diagnose_type_uri(reading: Reading, pointer: str, text: str) -> Iterator[Problem]:
    """Why `text` is not of the form service/object: AT211; what was told is left out."""
    grammar = load("type-uri")
    if _URL.fullmatch(text):
        yield reading.problem("AT211", pointer, "url", said=Said(text, pointer), want=_FORM)
        return
    bare = text.strip("/")
    if bare != text and grammar.pattern().fullmatch(bare):
        yield reading.problem("AT211", pointer, "slash", said=Said(text, pointer), repair=bare)
        return
    parts = list(split(text, "/"))
    wrong = [part for part in parts if not grammar.pattern("ATTRIBUTE").fullmatch(part.text)]
    untold = [part for part in wrong or parts if reading.unless_told(pointer, part)]
    if untold and (len(parts) < 2 or not wrong or any(not part.text for part in untold)):
        yield reading.problem("AT211", pointer, "", said=Said(text, pointer), want=_FORM)
        return
    for part in untold:
        yield reading.problem("AT211", pointer, "letters", part=part, want=grammar.words["ATTRIBUTE"])


def _taken_apart(reading: Reading) -> tuple[Part, str] | None:
    """The service of target.typeURI, and what stands behind it."""
    text = reading.string("target/typeURI")
    if text is None or "/" not in text:
        return None
    first = next(split(text, "/"))
    return first, text[first.span.end + 1 :]


def _wrong_service(reading: Reading) -> Iterator[Problem]:
    action, found = reading.action(), _taken_apart(reading)
    if action is None or action.service is None or found is None:
        return
    wanted, said = action.service.text, found[0]
    if not same_service(reading.plan, wanted, said.text):
        slip = slip_of(reading.plan, said.text, wanted)
        yield reading.problem(
            "AT212",
            "target/typeURI",
            part=said,
            want=Said(wanted, reading.plan.pointer("action")),
            repair=slip,
            suggestion=slip,
        )


def _wrong_object(reading: Reading) -> Iterator[Problem]:
    action, found = reading.action(), _taken_apart(reading)
    if action is None or action.object is None or found is None or _verb_within(reading):
        return
    first, rest = found
    if not _begins(rest, action.object.text):
        part = Part(rest, Span(first.span.end + 1, first.span.end + 1 + len(rest)))
        yield reading.problem(
            "AT213",
            "target/typeURI",
            part=part,
            want=Said(action.object.text, reading.plan.pointer("action")),
        )


def _names_verb(reading: Reading) -> Iterator[Problem]:
    part = _verb_within(reading)
    if part is not None:
        yield reading.problem("AT214", "target/typeURI", part=part)


def _verb_within(reading: Reading) -> Part | None:
    """The last part of target.typeURI where it is the action's verb and not the object's own name."""
    action, text = reading.action(), reading.string("target/typeURI")
    if action is None or action.verb is None or action.object is None or text is None:
        return None
    last = list(split(text, "/"))[-1]
    if last.text.lower() != action.verb.text or not last.span.start:
        return None
    own = _plain(action.object.text)
    return None if own == _plain(last.text) or own.endswith(f"-{last.text.lower()}") else last


def _begins(rest: str, thing: str) -> bool:
    """Whether `rest` is the object, or the object with finer parts; dash, slash and case aside."""
    return f"{_plain(rest)}-".startswith(f"{_plain(thing)}-")


def _plain(words: str) -> str:
    return re.sub(r"[/._]", "-", words).lower()


def _malform(draft: Draft, draw: random.Random) -> str:
    service, thing, _ = draft.act()
    forms = [
        f"/{service}/{thing}",
        f"https://{service}.example.com/{thing}",
        service,
        f"{service}//{thing}",
        f"{service}/{thing} 1",
    ]
    return draft.put("target/typeURI", draw.choice(forms))


def _misattribute(draft: Draft, draw: random.Random) -> str:
    _, thing, _ = draft.act()
    return draft.put(
        "target/typeURI",
        f"{draw.choice(['account-management', 'another-service'])}/{thing.replace('.', '/')}",
    )


def _misname(draft: Draft, draw: random.Random) -> str:
    service, _, _ = draft.act()
    return draft.put("target/typeURI", f"{service}/{draw.choice(['contraption', 'gadget', 'whatsit/part'])}")


def _append_verb(draft: Draft, _draw: random.Random) -> str:
    service, thing, verb = draft.act()
    return draft.put("target/typeURI", f"{service}/{thing.replace('.', '/')}/{verb}")


def _unprefix(draft: Draft, draw: random.Random) -> str:
    kinds = [
        "security/account/user",
        "service/security/account/robot",
        "User",
        "/service/security/account/user",
    ]
    return draft.put("initiator/typeURI", draw.choice(kinds))


TYPE_URI_RULES: Final = (
    Rule(
        code="AT211",
        name="malformed-type-uri",
        summary="A target's typeURI is not service and object between slashes.",
        cases={
            "": Case(
                "the typeURI {said} is not of the form {want}",
                always(WARNING),
                help="write the service's name, a slash and the kind of object",
            ),
            "slash": Case(
                "the typeURI {said} has a slash at its ends",
                always(WARNING),
                help="leave the outer slash out",
                fix="unsafe",
            ),
            "url": Case(
                "the typeURI {said} is a URL; {want} is expected",
                always(WARNING),
                help="name the kind of thing, not the address of the call",
            ),
            "letters": Case(
                "the part {said} of the typeURI holds more than {want}",
                always(WARNING),
                help="use plain words between the slashes",
            ),
        },
        what="Takes target.typeURI apart at its slashes: the service, the kind of object, and any finer parts.",
        why="The typeURI says of what kind the target is, so that all targets of a kind can be searched at "
        "once. The path of a request changes with each id in it and groups nothing.",
        repair="Write service/object, such as containers-kubernetes/worker, with no slash before it.",
        cites=("EV18#target.typeURI", "EV20#target.typeURI", "PAT#target types"),
        stage=Stage.SHAPE,
        breaker=_malform,
    ),
    Rule(
        code="AT212",
        name="type-uri-service-mismatch",
        summary="A target's typeURI begins with another service than the action.",
        cases={
            "": Case(
                "the typeURI belongs to {said}, the action to {want}",
                always(WARNING),
                help="begin the typeURI with the action's service",
                fix="unsafe",
            )
        },
        what="Compares the first part of target.typeURI with the action's service. Aliases count as the same.",
        why="Both name the service whose object was touched. Where they differ, one of two searches misses the event.",
        repair="Take both from one constant; where the service acts on another one's objects, declare the alias.",
        cites=("EV18#target.typeURI", "EV20#target.typeURI"),
        check=_wrong_service,
        reads=together("action", "target/typeURI"),
        breaker=_misattribute,
    ),
    Rule(
        code="AT213",
        name="type-uri-object-mismatch",
        summary="A target's typeURI names another kind of object than the action.",
        cases={
            "": Case(
                "the typeURI's object is {said}, the action's is {want}",
                always(INFO),
                help="use one name for the kind of object in both",
            )
        },
        what="Compares what stands behind the service in target.typeURI with the action's object. Dashes "
        "and slashes, and capitals, make no difference, and finer parts may follow.",
        why="Two words for one kind of object make two searches necessary where one should do.",
        repair="Choose one word and use it in the action, in the typeURI and in the service's page of events.",
        cites=("EV20#target.typeURI", "EV25#target.typeURI"),
        check=_wrong_object,
        reads=together("action", "target/typeURI"),
        breaker=_misname,
    ),
    Rule(
        code="AT214",
        name="type-uri-names-verb",
        summary="A target's typeURI ends with the action's verb.",
        cases={
            "": Case(
                "the typeURI names the verb {said}",
                always(WARNING),
                help="end the typeURI with the kind of object",
            )
        },
        what="Compares the last part of target.typeURI with the action's verb. An object that has the "
        "verb's name, such as a build, is left alone.",
        why="A thing stays of one kind whatever is done to it. With the verb in its type, creating and "
        "deleting it seem to concern two kinds of things.",
        repair="Remove the verb; the action already says it.",
        cites=("EV18#target.typeURI", "EV20#target.typeURI"),
        check=_names_verb,
        reads=together("action", "target/typeURI"),
        breaker=_append_verb,
    ),
    Rule(
        code="AT215",
        name="initiator-type-uri",
        summary="The initiator's typeURI is not one of the known kinds.",
        cases={
            "enum": Case(
                "{said} is no kind of initiator; known are {want}",
                always(WARNING),
                help="choose by the credential: a user, a service id, a client or a certificate",
            ),
            "spelling": Case(
                "{said} is spelt differently from the known kinds of initiator", always(WARNING), fix="safe"
            ),
            "prefix": Case(
                "{said} lacks `service/` at its beginning",
                always(WARNING),
                help="write the whole path, with service/ first",
                fix="unsafe",
            ),
        },
        what="Compares initiator.typeURI with the edition's set. A path that only lacks `service/` is named as such.",
        why="People and programs are told apart by this field. Whoever looks for actions of people finds "
        "none under `User` or `security/account/user`.",
        repair="Use service/security/account/user for people, service/security/account/serviceid for "
        "service ids, service/security/clientid for clients.",
        cites=("EV18#initiator.typeURI", "EV20#initiator.typeURI", "EV25#initiator.typeURI"),
        stage=Stage.SHAPE,
        breaker=_unprefix,
    ),
)
