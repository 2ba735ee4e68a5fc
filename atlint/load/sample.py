"""A Plan and a seed to a fast, endless, compliant stream: templates composed once, their holes filled per event.

What an event is depends on the seed and its own sequence alone (its time comes with the stamp), so any split
into shards or workers gives the same bytes.
"""

from __future__ import annotations

import functools
import hashlib
import json
import random
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from atlint.load.chooser import Dice
from atlint.load.identity import encode
from atlint.load.instance import guid
from atlint.load.mix import Mix, broken_line, parse
from atlint.load.payload import object_of, text_holding
from atlint.load.scene import clock_text, scene_of
from atlint.load.source import Made, Stamp
from atlint.load.template import Template, template
from atlint.load.world import by_rank, world_of
from atlint.plan import Plan
from atlint.plan.registration import Registration
from atlint.rules.selection import everything

#: how many kinds of event a stream has: combinations of action, outcome, initiator, optional fields
_TEMPLATES: Final = 1024
#: every so many of them take the next verb that the edition knows, so that each verb comes up
_EVERY: Final = 4
#: places by which things are drawn: powers of two
_WIDE: Final = 8192
_MIDDLE: Final = 1024
_NARROW: Final = 256
#: 32 bytes of a digest: indices into pools, then a number for the mix, then two of 64 bits
_NOISE: Final = struct.Struct("<6HIQQ")
#: stands for the fraction while the rest of a time is spelled
_GAP: Final = "\ue000"


class _Kind(NamedTuple):
    """A template with the pools that fill its holes."""

    text: bytes
    pick: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
    #: account, instance, resource, name
    subjects: tuple[tuple[bytes, ...], ...]
    #: id, name
    people: tuple[tuple[bytes, ...], ...]
    addresses: tuple[bytes, ...]
    requests: tuple[bytes, ...]


class Sampler:
    """A `Source`. Compliant unless a `mix` says which events break which rule."""

    def __init__(self, plan: Plan, seed: int, mix: Mix | None = None) -> None:
        self._plan, self._mix = plan, mix
        self._seed = f"{seed}/{plan.edition}"
        self._world = world_of(plan, self._seed)
        self._verbs = sorted(plan.vocabulary.verbs - plan.vocabulary.vague_verbs)
        self._ranks = by_rank(range(_TEMPLATES), _WIDE)
        self._kinds: list[_Kind | None] = [None] * _TEMPLATES
        self._subjects: dict[tuple[str, bool], tuple[tuple[bytes, ...], ...]] = {}
        self._people = {
            head: by_rank([(_json(person.id), _json(person.name)) for person in people], _MIDDLE)
            for head, people in self._world.people.items()
        }
        self._addresses = {
            kind: by_rank([_json(address) for address in pool], _MIDDLE) for kind, pool in self._world.addresses.items()
        }
        self._requests = {change: self._data("requestData", change=change) for change in (False, True)}
        self._responses = self._data("responseData", change=False)
        draw = Dice(random.Random(f"{self._seed}/guids"))
        #: all but the last twelve digits
        self._guids = tuple(guid(draw)[:-12].encode() for _ in range(_NARROW))

    def events(self, run: str, stamps: Sequence[Stamp]) -> Iterator[Made]:
        """Events whose `id` carries run, file and sequence; a broken one bears its rule's code.

        Called for every single event of a load, so its loop holds to locals, tables and bytes.
        """
        ranks, kinds, responses, mix = self._ranks, self._kinds, self._responses, self._mix
        guids = self._guids
        digest, unpack, new = hashlib.blake2b, _NOISE.unpack, tuple.__new__
        start = hashlib.blake2b(self._seed.encode(), digest_size=16).digest()
        heads: dict[int, bytes] = {}
        last, time = -1, b""
        for seq, file, at in stamps:
            noise = unpack(digest(b"%b%d" % (start, seq), digest_size=32).digest())
            rank = ranks[noise[0] & 8191]
            text, pick, subjects, people, addresses, requests = kinds[rank] or self._kind(rank)
            moment = int(at * 100 + 0.5)
            if moment != last:
                last, time = moment, _time(moment)
            head = heads.get(file)
            if head is None:
                head = heads[file] = encode(run, file, 0)[:-12].encode()
            raw = text % pick(
                (
                    b"%b%012x" % (head, seq),
                    time,
                    *subjects[noise[1] & 255],
                    *people[noise[2] & 1023],
                    addresses[noise[3] & 1023],
                    requests[noise[4] & 255],
                    responses[noise[5] & 255],
                    b"%b%012x" % (guids[noise[7] & 255], noise[8] >> 16),
                )
            )
            code = mix.code(noise[6]) if mix else None
            if code is not None:
                raw = broken_line(code, self._plan, raw, noise[8])
            yield new(Made, (raw, code))

    def _kind(self, rank: int) -> _Kind:
        """The kind of this rank, which depends on the seed and its rank alone; made when it is first asked for."""
        draw = Dice(random.Random(f"{self._seed}/template/{rank}"))
        verb = self._verbs[rank // _EVERY % len(self._verbs)] if rank % _EVERY == 0 else ""
        made = template(self._plan, scene_of(self._plan, self._world, draw, 0, verb), draw)
        kind = self._kinds[rank] = _Kind(
            made.text,
            made.pick,
            self._subjects.get((made.kind, made.dashed)) or self._pool(made),
            self._people.get(made.head) or next(iter(self._people.values())),
            self._addresses.get(made.address) or self._addresses["IPv4"],
            self._requests[made.change],
        )
        return kind

    def _pool(self, kind: Template) -> tuple[tuple[bytes, ...], ...]:
        found = []
        for account, instance, resource, name in self._world.subjects(kind.kind):
            own = _dashed(instance) if kind.dashed else instance
            found.append((account.encode(), own.encode(), _dashed(resource).encode(), _json(name)))
        pool = self._subjects[kind.kind, kind.dashed] = by_rank(found, _NARROW)
        return pool

    def _data(self, role: str, *, change: bool) -> tuple[bytes, ...]:
        """Pieces of JSON for a field of the service's own data, encoded as the edition has it."""
        draw = Dice(random.Random(f"{self._seed}/{role}/{change}"))
        node = self._plan.node(self._plan.pointer(role))
        bare = node is not None and "object" in node.types
        return tuple(_piece(draw, change=change, bare=bare) for _ in range(_NARROW))


def sampler(edition: str, registration: Registration | None, seed: int, mix: str) -> Sampler:
    """A sampler of an edition with every rule that it has, from what goes to another process. Raises AtlintError."""
    plan = everything(edition, registration)
    return Sampler(plan, seed, parse(mix, plan) if mix else None)


def _piece(draw: Dice, *, change: bool, bare: bool) -> bytes:
    value = object_of(draw, change=change, flat=not bare)
    return json.dumps(value if bare else text_holding(value, draw), ensure_ascii=False, separators=(",", ":")).encode()


def _time(moment: int) -> bytes:
    seconds, hundredths = divmod(moment, 100)
    before, behind = _clock(seconds)
    return b"%b%02d%b" % (before, hundredths, behind)


@functools.lru_cache(maxsize=256)
def _clock(seconds: int) -> tuple[bytes, bytes]:
    """What stands before and behind the fraction of a second."""
    text = clock_text(seconds, _GAP, Dice(random.Random(0)))
    before, _, behind = text.partition(_GAP)
    return before.encode(), behind.encode()


@functools.lru_cache(maxsize=4096)
def _json(text: str) -> bytes:
    """A text as it stands between the quotes of JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
