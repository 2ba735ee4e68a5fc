"""Findings in little room: a report holds so many that the most of them are packed until someone looks."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, overload

from atlint.model import Finding, Place, Severity, Snippet

#: the logarithm of how far back a packer looks for what repeats itself, and of the room that it takes: a finding is
#: seldom longer, and to make room takes longer than to pack
_WINDOW: Final = 13
_ROOM: Final = 6

_NAMES: Final = [field.name for field in fields(Finding)]
_SEVERITY: Final = _NAMES.index("severity")
_PLACE: Final = _NAMES.index("place")
_SNIPPET: Final = _NAMES.index("snippet")
_values: Final = attrgetter(*_NAMES)
_place: Final = attrgetter(*(field.name for field in fields(Place)))
_snippet: Final = attrgetter(*(field.name for field in fields(Snippet)))


def _dumped(finding: Finding) -> bytes:
    """It as bytes: tuples take a fifth of the time that dataclasses take."""
    values = list(_values(finding))
    values[_SEVERITY] = str(finding.severity)
    values[_PLACE] = _place(finding.place)
    values[_SNIPPET] = finding.snippet and _snippet(finding.snippet)
    return pickle.dumps(values)


def _loaded(dumped: bytes) -> Finding:
    values = pickle.loads(dumped)  # noqa: S301 - made by this module alone
    values[_SEVERITY] = Severity(values[_SEVERITY])
    values[_PLACE] = Place(*values[_PLACE])
    values[_SNIPPET] = values[_SNIPPET] and Snippet(*values[_SNIPPET])
    return Finding(*values)


class Packed:
    """A finding as what it differs in from another one, which is much like it and comes as bytes."""

    __slots__ = ("_like", "_rest")

    def __init__(self, finding: Finding, like: bytes) -> None:
        """Pack a finding."""
        packer = zlib.compressobj(9, zlib.DEFLATED, -_WINDOW, _ROOM, zdict=like)
        self._like = like
        self._rest = packer.compress(_dumped(finding)) + packer.flush()

    def finding(self) -> Finding:
        """It, as it was."""
        opener = zlib.decompressobj(-_WINDOW, zdict=self._like)
        return _loaded(opener.decompress(self._rest))


def _opened(held: Finding | Packed) -> Finding:
    return held if isinstance(held, Finding) else held.finding()


class Findings(Sequence[Finding]):
    """Findings in an order; packed ones are opened one at a time, and let go of."""

    __slots__ = ("_held", "_like")

    def __init__(self, held: Iterable[Finding | Packed] = ()) -> None:
        """Take them as they are kept."""
        self._held = list(held)
        #: the first as bytes, where others were packed
        self._like = b""

    def keep(self, finding: Finding, *, packed: bool = False) -> None:
        """Add one; the first of all is never packed."""
        first = self._held[0] if packed and self._held else None
        if isinstance(first, Finding):
            self._like = self._like or _dumped(first)
            self._held.append(Packed(finding, self._like))
        else:
            self._held.append(finding)

    def held(self) -> Iterator[Finding | Packed]:
        """As they are kept."""
        return iter(self._held)

    def sorted(self, key: Callable[[Finding], Any]) -> Findings:
        """The same by a key, as `sorted` has it."""
        return Findings(sorted(self._held, key=lambda held: key(_opened(held))))

    def parted(self, key: Callable[[Finding], Hashable]) -> list[Findings]:
        """Those that share a key, in the order of the first of each."""
        parts: dict[Hashable, Findings] = {}
        for held, finding in zip(self._held, self, strict=True):
            parts.setdefault(key(finding), Findings())._held.append(held)  # noqa: SLF001 - of this class
        return list(parts.values())

    def __len__(self) -> int:
        """How many they are."""
        return len(self._held)

    @overload
    def __getitem__(self, index: int) -> Finding: ...

    @overload
    def __getitem__(self, index: slice) -> Findings: ...

    def __getitem__(self, index: int | slice) -> Finding | Findings:
        """One of them, or some as they are kept."""
        if isinstance(index, slice):
            return Findings(self._held[index])
        return _opened(self._held[index])

    def __eq__(self, other: object) -> bool:
        """Whether another sequence has the same, however they are kept."""
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Finding.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]  # as a list has none
