"""What makes the choices while an event is composed: chance with a seed here, Hypothesis in `strategies`."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

T = TypeVar("T")

#: words of many scripts: short and long, narrow and wide, left to right and right to left, one beyond the BMP.
#: None has an x, so that no mask such as `xxxx` comes out of them.
WORDS: Final = (
    "alpha", "backup", "büro", "clé", "datos", "edge", "front", "gateway", "høst", "inventory", "jürgen", "kassa",
    "Łódź", "main", "naïve", "orders", "pago", "québec", "relatório", "staging", "team", "über", "vývoj", "web",
    "yarn", "zoë", "Ωmega", "данные", "склад", "データ", "鍵", "客服",
    "테스트", "ढांचा", "מלאי", "مخزن", "🚀", "ﬁnal", "e\u0301t\u00e9",
)  # fmt: skip
#: what joins the words of a name
JOINTS: Final = ("-", " ", ".", "")


class Chooser(Protocol):
    """The source of every choice; the smallest values come first, so that Hypothesis shrinks towards them."""

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, of which there is at least one."""
        ...

    def integer(self, least: int, most: int) -> int:
        """A whole number; both ends are possible."""
        ...

    def chance(self, weight: float) -> bool:
        """True with about this probability; never at 0, always at 1."""
        ...

    def text(self) -> str:
        """A name as people give them: not empty, no blank at either end, any script, no control character."""
        ...


class Dice:
    """Choices by a seeded generator of the standard library.

    Only `random()` and `getrandbits` are asked, whose sequences are the same in every Python.
    """

    __slots__ = ("_bits", "_random")

    def __init__(self, generator: random.Random) -> None:
        self._random = generator.random
        self._bits = generator.getrandbits

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, each as likely."""
        return options[int(self._random() * len(options))]

    def integer(self, least: int, most: int) -> int:
        """A whole number, each as likely."""
        span = most + 1 - least
        if span < 1 << 32:
            return least + int(self._random() * span)
        return least + self._bits(span.bit_length() + 64) % span

    def chance(self, weight: float) -> bool:
        """True with this probability."""
        return self._random() < weight

    def text(self) -> str:
        """One to three words, sometimes with a number behind them."""
        words = [self.pick(WORDS) for _ in range(self.integer(1, 3))]
        name = self.pick(JOINTS).join(words)
        return f"{name}-{self.integer(1, 99)}" if self.chance(0.4) else name
