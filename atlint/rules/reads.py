"""What a check looks at, declared: so that a reader which has seen those views before need not run the check again."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from atlint.model import Json
from atlint.plan import Plan
from atlint.pointer import tokens
from atlint.rules.reading import CRN_SEGMENTS


@dataclass(frozen=True, slots=True)
class View:
    """One role, or a part of it: all that a check sees of the value there.

    With `segments` or `filled` the value is a CRN, seen by those segments, and by whether those are filled.
    With `given` only that something stands there is seen. With `reduce` only what that function leaves.
    """

    role: str
    segments: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    given: bool = False
    reduce: Callable[[Any], Json] | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Facts that a check sees together. `quiet` gets the values of the views' roles, None for what is absent.

    Where it gives true, the check surely finds nothing in them; where it gives false, one must look. `hints`
    are texts of which one stands in the raw line whenever the check can find something in these views. With
    `within` there are two views, of texts, and the check finds nothing unless what the first leaves stands in
    the second's whole text. `in_form` names a form and the hints that will do for texts which have it.
    """

    views: tuple[View, ...]
    quiet: Callable[..., bool] | None = None
    hints: tuple[str, ...] = ()
    within: bool = False
    in_form: tuple[str, tuple[str, ...]] = ("", ())


#: A check finds something in an event if and only if it does in what one of its clauses leaves of the event.
Clauses: TypeAlias = tuple[Clause, ...]


#: the role of a check that looks at every string by itself
EACH_STRING: Final = "*"


def together(*views: View | str, quiet: Callable[..., bool] | None = None, hints: tuple[str, ...] = ()) -> Clauses:
    """The one clause of a check that compares these; a text is a role whose whole value is seen."""
    return (Clause(tuple(View(view) if isinstance(view, str) else view for view in views), quiet, hints),)


def apart(*views: View | str, quiet: Callable[..., bool] | None = None, hints: tuple[str, ...] = ()) -> Clauses:
    """The clauses of a check that looks at each of these by itself."""
    return tuple(clause for view in views for clause in together(view, quiet=quiet, hints=hints))


def given(role: str) -> View:
    """Whether something stands there."""
    return View(role, given=True)


def segments(role: str, *names: str, filled: tuple[str, ...] = ()) -> View:
    """Some segments of a CRN, and whether others are filled."""
    return View(role, segments=names, filled=filled)


def left(view: View, value: Any) -> Json:
    """What a view leaves of its role's value: a value in which a check finds the same."""
    if value is None:
        return None
    if view.given:
        return {} if isinstance(value, dict) else ["x"] if isinstance(value, list) else "x"
    if view.segments or view.filled:
        return _thinned(view, value) if isinstance(value, str) else None
    return view.reduce(value) if view.reduce else value


def _thinned(view: View, text: str) -> str | None:
    pieces = text.split(":", 9)
    if len(pieces) != 10 or pieces[0] != "crn":
        return None
    kept = {name: piece for name, piece in zip(CRN_SEGMENTS, pieces[1:], strict=True) if name in view.segments}
    kept |= {name: "x" for name, piece in zip(CRN_SEGMENTS, pieces[1:], strict=True) if name in view.filled and piece}
    return ":".join(["crn", *(kept.get(name, "") for name in CRN_SEGMENTS)])


def pointer_of(plan: Plan, role: str) -> str:
    """The place of a role; what begins with a slash is a place already."""
    return role if role.startswith("/") else plan.pointer(role)


def projected(plan: Plan, values: dict[str, Json]) -> dict[str, Any]:
    """The smallest event in which each role has its value; roles that are None are absent."""
    event: dict[str, Any] = {}
    for role, value in values.items():
        if value is None:
            continue
        *path, last = _path(pointer_of(plan, role))
        box: Any = event
        for at, token in enumerate(path):
            following = path[at + 1] if at + 1 < len(path) else last
            box = _under(box, token, [] if following.isdigit() else {})
        if isinstance(box, list):
            box.append(value)
        elif not isinstance(value, dict) or not box.get(last):
            box[last] = value
    return event


@functools.lru_cache(maxsize=4096)
def _path(pointer: str) -> tuple[str, ...]:
    return tuple(tokens(pointer))


def _under(box: Any, token: str, fresh: Any) -> Any:
    if isinstance(box, list):
        box.append(fresh)
        return fresh
    return box.setdefault(token, fresh)
