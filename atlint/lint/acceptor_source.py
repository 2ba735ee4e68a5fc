"""The boxes, tests and groups of a Plan to one Python function without loops: the body of the acceptor."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import msgspec

from atlint.lint.acceptor_crn import Crns, Head
from atlint.lint.acceptor_relation import IN_HEAD, Group, Slot
from atlint.lint.acceptor_shape import Box, Kind, Leaf
from atlint.lint.acceptor_text import MOST, Asked
from atlint.model import Json
from atlint.rules.rule import Rule

_FAULTS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_NO_HEAD: Final[Head | tuple[None, ...]] = (None,) * 7
_TAIL: Final = {"instance": "i", "resource_type": "k", "resource": "r"}


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """How a text is judged at one place: memories that are asked first, and the test that fills them.

    With two memories the text is cut at `cut`, and each half is looked up in its own. `plain` is truthy for
    texts that need no memory.
    """

    memories: tuple[Any, ...]
    test: Callable[..., Any]
    cut: int = 0
    plain: Callable[[str], object] | None = None
    #: whether many texts, None among them, surely need no memory
    innocent: Callable[[Sequence[Any]], bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """What must not stand in a text: that which `reduce` leaves of another. `test` decides where it does."""

    first: str
    second: str
    reduce: Callable[[Any], Json]
    test: Callable[[str, str], bool]
    rule: Rule


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """All that the function is made of. `known` is by place; places that a group judges are absent."""

    box: Box
    near: int
    known: Mapping[str, Known]
    crns: Mapping[str, Crns]
    groups: Sequence[Group]
    guards: Sequence[Guard]
    #: rules that look at one text and at nothing beside it, by its place
    alone: Mapping[str, Sequence[Asked]]
    #: forms of strings whose text may hold double quotes
    quoting: frozenset[str]
    #: place of the action
    action: str
    #: a last test of the whole line, where a rule does not say what it reads
    whole: Callable[[bytes], bool] | None = None


def _remembered(reduce: Callable[[Any], Json]) -> Callable[[Any], Json]:
    return lru_cache(maxsize=MOST)(reduce)


@dataclass(slots=True, eq=False)
class Writer:
    """Writes the source. What is written is numbers and names of our own; no text of a schema is ever code."""

    parts: Parts
    names: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    #: pointer -> the name that holds the value, None where it is absent
    held: dict[str, str] = field(default_factory=dict)

    def function(self) -> Callable[[bytes], str | None]:
        """The acceptor."""
        source = self.source()
        exec(compile(source, "<acceptor>", "exec"), self.names)  # noqa: S102 - we wrote it ourselves, just now
        made: Callable[[bytes], str | None] = self.names["accept"]
        return made

    def source(self) -> str:
        """The function's source; fills `names` with what it refers to."""
        box = self.parts.box
        self.names.update(
            decode=msgspec.json.Decoder(box.type).decode, FAULTS=_FAULTS, UNSET=msgspec.UNSET, NO_HEAD=_NO_HEAD,
            QUOTE=b'"', ESCAPED=b"u0022", END=b"}", whole=self.parts.whole,
        )  # fmt: skip
        self._say(0, "def accept(raw):")
        self._say(1, f"if len(raw) >= {self.parts.near} or raw[-1:] != END: return None")
        self._say(1, "try: o = decode(raw)")
        self._say(1, "except FAULTS: return None")
        self.held[""] = "o"
        base = len(self.lines)
        quotes = self._box(box, "o", 1)
        self.lines.insert(base, f"    n = {quotes}")
        self._say(1, "if raw.count(QUOTE) != n: return None")
        for number, group in enumerate(self.parts.groups):
            self._group(number, group)
        reduced: dict[tuple[str, Any], str] = {}
        for number, guard in enumerate(self.parts.guards):
            first, second = self.held[guard.first], self.held[guard.second]
            name = reduced.get((guard.first, guard.reduce))
            if name is None:
                name = reduced[guard.first, guard.reduce] = f"z{number}"
                self.names[f"y{number}"] = _remembered(guard.reduce)
                self._say(1, f"{name} = y{number}({first})")
            self.names[f"w{number}"] = guard.test
            self._say(
                1, f"if {name} and {second} and {name} in {second} and not w{number}({first}, {second}): return None"
            )
        if self.parts.whole is not None:
            self._say(1, "if not whole(raw): return None")
        action = self.held.get(self.parts.action)
        self._say(1, f'return {action} or ""' if action else 'return ""')
        return "\n".join(self.lines)

    def _say(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def _box(self, box: Box, name: str, depth: int) -> int:
        """Write the members of a box; gives the double quotes that all of its required members have."""
        quotes = 0
        for field_, member in box.members:
            own = f"{name}_{field_[1:]}"
            self._say(depth, f"{own} = {name}.{field_}")
            if isinstance(member, Box):
                self.held[member.pointer] = own
                if member.required:
                    quotes += 2 + self._box(member, own, depth)
                    continue
                self._absent(member, own, depth)
                self._say(depth, f"if {own} is not None:")
                mark = len(self.lines)
                inner = self._box(member, own, depth + 1)
                self.lines.insert(mark, "    " * (depth + 1) + f"n += {2 + inner}")
            else:
                quotes += self._leaf(member, own, depth)
        return quotes

    def _absent(self, box: Box, name: str, depth: int) -> None:
        """Give the names of all that is below an optional box their values for its absence."""
        for field_, member in box.members:
            own = f"{name}_{field_[1:]}"
            self._say(depth, f"{own} = None")
            if isinstance(member, Box):
                self._absent(member, own, depth)
            elif member.place in self.parts.crns:
                self._no_crn(own, depth)
            elif member.kind is Kind.RAW:
                self._say(depth, f"k{own} = None")

    def _no_crn(self, name: str, depth: int) -> None:
        self._say(depth, f"f{name} = NO_HEAD")
        self._say(depth, f"i{name} = k{name} = r{name} = None")

    def _leaf(self, leaf: Leaf, name: str, depth: int) -> int:
        """Write one leaf; gives its quotes where they are certain, else they are counted there."""
        self.held[leaf.pointer] = self.held[leaf.place] = name
        quotes = 2 + 2 * leaf.quoted
        if leaf.required and not leaf.nullable:
            self._judged(leaf, name, depth)
            return quotes
        if leaf.place in self.parts.crns:
            self._no_crn(name, depth)
        if leaf.kind is Kind.RAW:
            self._say(depth, f"k{name} = None")
        if leaf.nullable:
            if not leaf.required:
                self._say(depth, f"if {name} is UNSET: {name} = None")
                self._say(depth, f"elif {name} is None: n += 2")
                self._say(depth, "else:")
            else:
                self._say(depth, f"if {name} is None: n += 2")
                self._say(depth, "else:")
        else:
            self._say(depth, f"if {name} is not None:")
        self._say(depth + 1, f"n += {quotes}")
        self._judged(leaf, name, depth + 1)
        return 0

    def _judged(self, leaf: Leaf, name: str, depth: int) -> None:
        if leaf.kind is Kind.SINGLE:
            self._say(depth, f"{name} = {name}[0]")
        if leaf.kind is Kind.RAW:
            self._raw(leaf, name, depth)
            return
        if leaf.kind is Kind.CLOSED:
            return
        if leaf.text.form in self.parts.quoting:
            self._say(depth, f"""m = {name}.count('"')""")
            self._say(depth, "n += m")
            self._say(depth, "if m and ESCAPED in raw: return None")
        if leaf.place in self.parts.crns:
            self._crn(self.parts.crns[leaf.place], name, depth)
        elif leaf.place in self.parts.known:
            self._text(self.parts.known[leaf.place], name, depth)

    def _text(self, known: Known, name: str, depth: int) -> None:
        self.names |= {f"s{name}": known.memories[0], f"t{name}": known.test}
        test = f"{name} not in s{name}"
        if known.plain is not None:
            self.names[f"p{name}"] = known.plain
            test = f"{test} and not p{name}({name})"
        if known.cut:
            self.names[f"e{name}"] = known.memories[1]
            test = f"({name}[:{known.cut}] not in s{name} or {name}[{known.cut}:] not in e{name})"
        self._say(depth, f"if {test} and not t{name}({name}): return None")

    def _raw(self, leaf: Leaf, name: str, depth: int) -> None:
        known = self.parts.known[leaf.place]
        self.names |= {f"s{name}": known.memories[0].get, f"t{name}": known.test}
        self._say(depth, f"{name} = bytes({name})")
        self._say(depth, f"n += {name}.count(QUOTE)")
        self._say(depth, f"k{name} = s{name}({name})")
        self._say(depth, f"if k{name} is None:")
        self._say(depth + 1, f"k{name} = t{name}({name})")
        self._say(depth + 1, f"if k{name} is None: return None")

    def _crn(self, crns: Crns, name: str, depth: int) -> None:
        self.names |= {
            f"h{name}": crns.heads.get, f"s{name}": crns.instances, f"u{name}": crns.kinds,
            f"p{name}": crns.resource, f"t{name}": crns.clean,
        }  # fmt: skip
        self._say(depth, f'try: d, i{name}, k{name}, r{name} = {name}.rsplit(":", 3)')
        self._say(depth, "except ValueError: return None")
        self._say(depth, f"f{name} = h{name}(d)")
        self._say(
            depth,
            f"if f{name} is None or i{name} not in s{name} or k{name} not in u{name} "
            f"or (r{name} and not p{name}(r{name})):",
        )
        self._say(depth + 1, f"f{name} = t{name}({name}, d, i{name}, k{name}, r{name})")
        self._say(depth + 1, f"if f{name} is None: return None")

    def _group(self, number: int, group: Group) -> None:
        self.names |= {f"g{number}": group.memory, f"c{number}": group.clean}
        key = ", ".join(self._slot(slot, f"{number}_{index}") for index, slot in enumerate(group.slots))
        if len(group.slots) == 1:
            self._say(1, f"d = {key}")
        else:
            self._say(1, f"d = ({key})")
        self._say(1, f"if d not in g{number} and not c{number}(d): return None")

    def _slot(self, slot: Slot, number: str) -> str:
        name = self.held[slot.place]
        if slot.aspect == "":
            return name
        if slot.aspect == "given":
            return f"{name} is not None"
        if slot.aspect == "reduced":
            if f"s{name}" in self.names and f"k{name} = s{name}" in "\n".join(self.lines):
                return f"k{name}"
            self.names[f"x{number}"] = slot.reduce
            return f"(None if {name} is None else x{number}({name}))"
        segment = slot.aspect.removesuffix("?")
        value = f"f{name}[{IN_HEAD[segment]}]" if segment in IN_HEAD else f"{_TAIL[segment]}{name}"
        return f"({value} and True)" if slot.aspect.endswith("?") else value
