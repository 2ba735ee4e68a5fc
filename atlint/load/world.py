"""Who and what there is before anything happens: the accounts, identities and resources that events agree on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from atlint.load.acts import Act, Home, acts_of, homes_of
from atlint.load.chooser import Chooser, Dice
from atlint.load.initiator import identity_of, name_of, public_v4, public_v6
from atlint.load.instance import Instance
from atlint.load.spell import spell_rule
from atlint.model import NOTHING
from atlint.plan import Plan
from atlint.rules.identity import HEADS

T = TypeVar("T")

#: how many of each there are in a World that was made from a seed
_ACCOUNTS: Final = 240
_PEOPLE: Final = 160
_ADDRESSES: Final = 512
_NAMES: Final = 512
_SUBJECTS: Final = 24
#: the ranks that are about as popular as the first: no single one takes a tenth of the traffic
_FLAT: Final = 8


class Person(NamedTuple):
    """An identity and what it is called."""

    id: str
    name: str


class Subject(NamedTuple):
    """Something that events are about, again and again: a resource, its instance and its account."""

    account: str
    instance: str
    resource: str
    name: str


@dataclass(frozen=True, slots=True)
class World:
    """What events are made of. Pools hold the most popular first; those that are empty are drawn for each event."""

    acts: tuple[Act, ...]
    homes: tuple[Home, ...]
    #: "account", "space", or empty for both
    copy: str = ""
    seed: str = ""
    accounts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    #: by how their ids begin: `IBMid-`; empty for a bare GUID
    people: Mapping[str, tuple[Person, ...]] = field(default_factory=lambda: NOTHING)
    #: by address type
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)

    def subjects(self, kind: str) -> tuple[Subject, ...]:
        """The subjects of a kind, most popular first: the same for the same seed and kind."""
        return tuple(self._subject(kind, number) for number in range(_SUBJECTS))

    def _subject(self, kind: str, number: int) -> Subject:
        noise = hashlib.blake2b(f"{self.seed}/{kind}/{number}".encode(), digest_size=40).hexdigest()
        return Subject(
            self.accounts[int(noise[64:68], 16) * int(noise[68:72], 16) * len(self.accounts) >> 32],
            noise[:32],
            noise[32:64],
            self.names[int(noise[72:80], 16) % len(self.names)],
        )


def world_of(plan: Plan, seed: str | None = None) -> World:
    """The World of a Plan; with a seed it has pools, which are the same for the same seed.

    Raises AtlintError for a registration that declares no action.
    """
    registration = plan.registration
    bare = World(acts_of(plan), homes_of(plan), registration.user_copy if registration else "")
    if seed is None:
        return bare
    draw = Dice(random.Random(f"{seed}/world"))
    return World(
        bare.acts,
        tuple(_settled(bare.homes, draw)),
        bare.copy,
        seed,
        tuple(spell_rule("crn", "ACCOUNT_ID", draw) for _ in range(_ACCOUNTS)),
        tuple(draw.text() for _ in range(_NAMES)),
        _people(plan, draw),
        {kind: tuple(make(draw) for _ in range(_ADDRESSES)) for kind, make in _PUBLIC.items()},
    )


_PUBLIC: Final = {"IPv4": public_v4, "IPv6": public_v6}


def _settled(homes: Sequence[Home], draw: Chooser) -> Iterator[Home]:
    """The same homes, each with the place of the service's own copy."""
    for home in homes:
        yield home if home.project else Home(home.region, spell_rule("identity", "space_id", draw))


def _people(plan: Plan, draw: Chooser) -> dict[str, tuple[Person, ...]]:
    found: dict[str, dict[str, Person]] = {}
    nobody = Instance(("", ""), "", "", "", "")
    for kind in plan.choices("initiator/typeURI"):
        for _ in range(_PEOPLE):
            identity = identity_of(kind, nobody, draw)
            if not identity.startswith("crn"):
                found.setdefault(head_of(identity), {})[identity] = Person(identity, name_of(identity, draw))
    return {head: tuple(people.values()) for head, people in found.items()}


def head_of(identity: str) -> str:
    """How an id begins, which tells its kind: `iam-ServiceId-`; empty for a bare GUID."""
    return next((head for head in HEADS if identity.startswith(head)), "")


def by_rank(pool: Sequence[T], size: int) -> tuple[T, ...]:
    """`size` places shared among the pool by Zipf's law, the first taking most; each takes at least one.

    An index drawn evenly over the places finds the popular ones often. `size` is at least twice the pool.
    """
    weights = [1 / (rank + _FLAT) for rank in range(len(pool))]
    spare, total = size - len(pool), sum(weights)
    places = [item for item, weight in zip(pool, weights, strict=True) for _ in range(1 + int(spare * weight / total))]
    return (*places, *pool[: size - len(places)])
