"""One place of the event as the edition describes it: type, members, value domain, and who speaks for a fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from atlint.model import NOTHING, Json, Severity

#: JSON Schema's name for each Python type that a decoded line can hold
JSON_TYPES: Final[Mapping[type, str]] = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    type(None): "null",
}


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A schema node, resolved. `pointer` is that of the place, with `*` for any item of an array."""

    pointer: str
    types: frozenset[str]
    members: Mapping[str, Node] = field(default_factory=lambda: NOTHING)
    required: tuple[str, ...] = ()
    #: whether members that are not listed are faults
    closed: bool = False
    items: Node | None = None
    min_items: int = 0
    max_items: int | None = None
    min_length: int = 0
    choices: tuple[Json, ...] | None = None
    #: name of the value's form: a rule of a grammar, or one of `plan.form.CODED`
    form: str = ""
    minimum: float | None = None
    maximum: float | None = None
    #: nothing may stand here
    forbidden: bool = False
    #: the code that speaks for each keyword that fails
    codes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    #: how much the absence weighs, where the parent requires it
    missing: Severity | None = None
    #: how much emptiness weighs
    empty: Severity | None = None
    #: levels of single keywords, where the field decides
    levels: Mapping[str, Severity] = field(default_factory=lambda: NOTHING)
    sensitive: bool = False
    weight: float = 1.0
    cites: tuple[str, ...] = ()
    since: str = ""
    description: str = ""
    examples: tuple[Json, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, parents first."""
        yield self
        for member in self.members.values():
            yield from member.walk()
        if self.items is not None:
            yield from self.items.walk()

    @property
    def open_data(self) -> bool:
        """Whether anything at all may stand below: a place for the service's own data."""
        return "object" in self.types and not self.closed and not self.members

    def takes(self, value: Any) -> bool:
        """Whether `value` is of one of the node's types."""
        return not self.types or JSON_TYPES.get(type(value)) in self.types
