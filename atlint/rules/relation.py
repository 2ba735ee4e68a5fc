"""Whether the target's CRN fits the action, the account and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.rules.credentials import secret_spans
from atlint.rules.crn_form import CRN_ROLES
from atlint.rules.reading import Part, Reading
from atlint.rules.reads import Clause, View, apart, segments, together
from atlint.rules.service import same_service, slip_of

#: objects that are what an instance is, so that the CRN of an instance names them
INSTANCES: Final = frozenset(
    {
        "instance",
        "service-instance",
        "resource-instance",
        "cluster",
        "deployment",
        "workspace",
        "account",
        "system",
        "service",
        "server",
        "database",
        "dashboard",
    }
)
#: verbs that are about many objects, or about objects that have no id yet
MANY: Final = frozenset({"list", "search", "bulkdelete", "import", "reimport", "export", "head"})
#: verbs whose object has no id of its own before they succeed
UNBORN: Final = frozenset({"create", "add", "copy", "provision", "init"})
_EMAIL: Final = re.compile(
    # the lengths are those that mail allows (RFC 5321, 4.5.3.1); without them the time grows with their square
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,63}"
)
#: a CRN without any of these holds neither; most have none
_MARK: Final = re.compile(r"[@= ]|%40|://|eyJ|gh[opsu]_|github_|xox")
_USER: Final = re.compile(r"(?:user|username|user[_-]name|login)=[^&:/?#\s]+", re.IGNORECASE)


def check_resource(reading: Reading) -> Iterator[Problem]:
    """AT308: a resource without its type anywhere, a type without resource where the action is on one."""
    for role in CRN_ROLES:
        crn = reading.crn(role)
        kind, resource = (crn.part("resource_type"), crn.part("resource")) if crn else (None, None)
        if crn is None or kind is None or resource is None:
            continue
        if resource.text and not kind.text:
            yield reading.problem("AT308", role, "type", part=resource)
        elif kind.text and not resource.text and role == "target/id" and _on_one(reading, kind.text):
            yield reading.problem("AT308", role, "resource", part=kind)


#: what `check_resource` reads
RESOURCES: Final = (
    *together(segments("target/id", "resource_type", filled=("resource",)), "action", "outcome"),
    *apart(*(segments(role, "resource_type", filled=("resource",)) for role in CRN_ROLES if role != "target/id")),
)


def _on_one(reading: Reading, kind: str) -> bool:
    """Whether the action is on one object of this kind, which exists."""
    action = reading.action()
    if action is None or action.object is None or action.verb is None or action.verb.text in MANY:
        return False
    born = action.verb.text not in UNBORN or reading.string("outcome") == "success"
    return born and _singular(action.object.text) == _singular(kind)


def _singular(word: str) -> str:
    return re.sub(r"[._]", "-", word.lower()).removesuffix("s")


def check_service(reading: Reading) -> Iterator[Problem]:
    """AT310: the CRN's service against the action's."""
    action, crn = reading.action(), reading.crn("target/id")
    part = crn.part("service") if crn else None
    if action is None or action.service is None or part is None or not part.text:
        return
    wanted = action.service.text
    if not same_service(reading.plan, wanted, part.text):
        slip = slip_of(reading.plan, part.text, wanted)
        want = Said(wanted, reading.plan.pointer("action"))
        case = "near-miss" if slip else ""
        yield reading.problem("AT310", "target/id", case, part=part, want=want, repair=slip, suggestion=slip)


def check_parent(reading: Reading) -> Iterator[Problem]:
    """AT312: the CRN stops at the instance although the action is on something within it."""
    action, crn = reading.action(), reading.crn("target/id")
    thing = action.object if action else None
    if action is None or crn is None or thing is None or action.verb is None:
        return
    if thing.text in INSTANCES or action.verb.text in MANY:
        return
    instance, kind, resource = crn.part("instance"), crn.part("resource_type"), crn.part("resource")
    if instance is None or kind is None or resource is None or not instance.text or kind.text or resource.text:
        return
    want = Said(thing.text, reading.plan.pointer("action"))
    yield reading.problem("AT312", "target/id", part=instance, want=want)


def check_account(reading: Reading) -> Iterator[Problem]:
    """AT313: the CRN's account against the one that gets the user's copy."""
    crn = reading.crn("target/id")
    if crn is None or crn.account is None:
        return
    for field, other in _accounts(reading):
        if other.text != crn.account.text:
            yield reading.problem("AT313", "target/id", part=crn.account, field=field, want=other)
            return


def _accounts(reading: Reading) -> Iterator[tuple[str, Said]]:
    """The account of the user's copy, as each field names it that does."""
    account = reading.string("meta/userAccountIds/0")
    if account is not None:
        yield (
            "meta.userAccountIds",
            Said(account.removeprefix("a/"), reading.plan.pointer("meta/userAccountIds/0")),
        )
    source = reading.crn("logSourceCRN")
    if source is not None and source.account is not None:
        yield "logSourceCRN", Said(source.account.text, source.pointer)


def check_secrets(reading: Reading) -> Iterator[Problem]:
    """AT314: what names a person or opens a door, anywhere in a CRN. The text itself is never a fact."""
    for role in CRN_ROLES:
        text, pointer = reading.get(role), reading.plan.pointer(role)
        if not isinstance(text, str) or text.count(":") < 5:
            continue
        for case, span in _leaks(reading, text):
            if reading.unless_told(pointer, Part(text[span.start : span.end], span)):
                yield Problem("AT314", pointer, case, within=span)
                break


def _login(name: object) -> str | None:
    """The login name in an e-mail address, where it is long enough to be known again."""
    login, at, _ = name.partition("@") if isinstance(name, str) else ("", "", "")
    return login if at and len(login) >= 4 else None


#: one of these stands where `_MARK` is found
_SIGNS: Final = ("@", "=", " ", "%40", "://", "eyJ", "gho_", "ghp_", "ghs_", "ghu_", "github_", "xox")
#: what `check_secrets` reads
SECRETS: Final = (
    *apart(*CRN_ROLES, hints=_SIGNS),
    *(Clause((View("initiator/name", reduce=_login), View(role)), within=True) for role in CRN_ROLES),
)


def _leaks(reading: Reading, text: str) -> Iterator[tuple[str, Span]]:
    if _MARK.search(text):
        for span in secret_spans(text):
            yield "secret", span
        for case, pattern in (("email", _EMAIL), ("user", _USER)):
            for found in pattern.finditer(text):
                yield case, Span(*found.span())
    login, at, _ = str(reading.raw("initiator/name") or "").partition("@")
    if at and len(login) >= 4 and login in text:
        own = re.search(rf"(?<=[:/]){re.escape(login)}(?=/|$)", text)
        if own:
            yield "user", Span(*own.span())
