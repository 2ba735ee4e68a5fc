from array import array
from collections.abc import Callable
from typing import Any, Self

class Scanner:
    def __new__(
        cls,
        members: list[tuple[bytes, int, bool, bool, int, int, Any]],
        automata: list[list[bytes]],
        pieces: list[tuple[bytes | None, int, bytes, bytes, bool, Callable[[bytes], Any], int, Any]],
        columns: list[tuple[int, list[int], int, bool, Callable[[bytes], object]]],
        groups: list[tuple[list[tuple[int, int, int]], Callable[[tuple[int, ...]], object]]],
        guards: list[tuple[int, int]],
        roles: tuple[int, ...],
        facts: bool,
        near: int,
        member_count: int,
        most: int,
        seed: int,
        names: tuple[int, int, int],
        middle: tuple[int, bytes],
        carried: Callable[[Any, str], Any],
        /,
    ) -> Self: ...
    def scan(self, raws: list[bytes], /) -> tuple[list[Any], ...]: ...

class Places:
    def __new__(cls, text: str, /) -> Self: ...
    def at(self, pointer: str, /) -> tuple[int, int, int, int] | None: ...
    def besides(self, pointers: set[str], /) -> list[tuple[str, int, int]]: ...

class Needles:
    def __new__(cls, needles: list[bytes], /) -> Self: ...
    def may_stand_in(self, text: str, /) -> bool: ...

def add_new(kept: array[int], turns: bytearray, digests: array[int], /) -> bool: ...
def all_as_before(
    kept: array[int], firsts: list[str | None], turns: bytearray, tails: array[int], heads: list[str | None], /
) -> bool: ...
def calm(times: array[float], most: int, within: float, /) -> bool: ...
def parted(times: array[float], kinds: array[int], groups: array[int], count: int, /) -> list[bytes]: ...
