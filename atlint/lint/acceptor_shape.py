"""A Plan's nodes to msgspec types: decoding into them proves types, closed sets, ranges and required members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec

from atlint.plan import Node
from atlint.pointer import escape

#: what an integer of a line may be, so that every reader on its way can hold it
_LEAST, _MOST = -(2**63), 2**63 - 1


class Kind(Enum):
    """How much of a value its type has proved."""

    #: a string; its text is still to be judged
    TEXT = "text"
    #: one of a closed set, a number within bounds, true or false: nothing is left to judge
    CLOSED = "closed"
    #: an array of exactly one string
    SINGLE = "single"
    #: JSON that is kept as it stands
    RAW = "raw"


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A place that holds a value. `required` and `nullable` are said of the member, not of its text."""

    pointer: str
    node: Node
    kind: Kind
    required: bool
    nullable: bool
    #: whether the value is written in quotes
    quoted: bool = True

    @property
    def text(self) -> Node:
        """The node of the string that is judged: that of the one item, for an array."""
        return self.node.items if self.kind is Kind.SINGLE and self.node.items else self.node

    @property
    def place(self) -> str:
        """The pointer of that string."""
        return f"{self.pointer}/0" if self.kind is Kind.SINGLE else self.pointer


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """An object with members that are all known. `members` are in the order of the type's fields."""

    pointer: str
    node: Node
    required: bool
    members: tuple[tuple[str, Leaf | Box], ...]
    #: their names in JSON, in the same order
    names: tuple[str, ...]
    type: type[msgspec.Struct]

    def leaves(self) -> Iterator[Leaf]:
        """All leaves below."""
        for _, member in self.members:
            if isinstance(member, Leaf):
                yield member
            else:
                yield from member.leaves()

    def numbered(self) -> dict[str, int]:
        """The pointers of the box and of all below, each with its number, from 0 on."""
        return {place.pointer: number for number, place in enumerate(self._places())}

    def _places(self) -> Iterator[Leaf | Box]:
        yield self
        for _, member in self.members:
            if isinstance(member, Box):
                yield from member._places()  # noqa: SLF001 - of this class
            else:
                yield member

    def boxes(self) -> Iterator[Box]:
        """This box and all below."""
        yield self
        for _, member in self.members:
            if isinstance(member, Box):
                yield from member.boxes()


_Typed: TypeAlias = "tuple[Leaf | Box, Any]"
_STRINGS: Final = ({"string"}, {"string", "null"})


def box_of(node: Node, pointer: str = "", *, required: bool = True) -> Box | None:
    """The box of an object node; None where its members are not all known."""
    if node.types != {"object"} or not node.closed or not node.members or node.min_length:
        return None
    members: list[tuple[str, Leaf | Box]] = []
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    names: dict[str, str] = {}
    for name, child in node.members.items():
        if child.forbidden:
            continue
        field = f"f{len(members)}"
        member, kind = _member(child, f"{pointer}/{escape(name)}", required=name in node.required)
        members.append((field, member))
        names[field] = name
        if member.required:
            fields.append((field, kind))
        else:
            nullable = isinstance(member, Leaf) and member.nullable
            fields.append((field, kind | msgspec.UnsetType, msgspec.UNSET) if nullable else (field, kind, None))
    made = msgspec.defstruct(
        "Box", fields, rename=names, forbid_unknown_fields=True, gc=False, kw_only=True, frozen=True
    )
    return Box(pointer, node, required, tuple(members), tuple(names.values()), made)


def _member(node: Node, pointer: str, *, required: bool) -> _Typed:
    box = box_of(node, pointer, required=required)
    if box is not None:
        return box, box.type
    nullable = "null" in node.types
    kind, quoted, type_ = _leaf(node)
    if nullable and kind is not Kind.RAW:
        type_ |= None
    return Leaf(pointer, node, kind, required, nullable and kind is not Kind.RAW, quoted), type_


def type_of(leaf: Leaf) -> Any:
    """The type of the value that is judged, without null: that of the one item, for an array."""
    return _string(leaf.text) if leaf.kind is Kind.SINGLE else _leaf(leaf.node)[2]


def _leaf(node: Node) -> tuple[Kind, bool, Any]:
    """The kind, whether it is in quotes, and the type. What no type can say stays raw."""
    types = set(node.types)
    if types in _STRINGS and node.choices is None:
        return Kind.TEXT, True, _string(node)
    if types in _STRINGS and (words := _words(node)):
        return Kind.CLOSED, True, Literal[words]
    if types == {"number"} and node.choices is None:
        return (
            Kind.CLOSED,
            False,
            Annotated[int, msgspec.Meta(ge=_bound(node.minimum, _LEAST), le=_bound(node.maximum, _MOST))],
        )
    if types == {"boolean"}:
        return Kind.CLOSED, False, bool
    one = node.min_items == node.max_items == 1 and node.items is not None and not node.items.forbidden
    if one and node.items and node.items.types == {"string"} and node.items.choices is None and "array" in types:
        return Kind.SINGLE, True, tuple[_string(node.items)]  # type: ignore[misc]  # a type that is made here
    return Kind.RAW, False, msgspec.Raw


def _string(node: Node) -> Any:
    return Annotated[str, msgspec.Meta(min_length=node.min_length)] if node.min_length else str


def _words(node: Node) -> tuple[str, ...]:
    """The choices, where they are all strings."""
    words = tuple(word for word in node.choices or () if isinstance(word, str) and len(word) >= node.min_length)
    return words if len(words) == len(node.choices or ()) else ()


def _bound(given: float | None, most: int) -> int:
    """A bound as an integer within 64 bits; of a fraction the nearest that is within."""
    if given is None:
        return most
    inward = int(given) + (1 if most < 0 and given > int(given) else 0) - (1 if most > 0 and given < int(given) else 0)
    return max(_LEAST, min(_MOST, inward))
