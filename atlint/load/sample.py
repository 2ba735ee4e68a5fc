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
from collections.abc import Iterator, Sequence
from typing import Final

from atlint.load.chooser import Dice
from atlint.load.identity import encode
from atlint.load.mix import Mix, broken_line
from atlint.load.payload import object_of, text_holding
from atlint.load.scene import clock_text, scene_of
from atlint.load.source import Made, Stamp
from atlint.load.template import Template, template
from atlint.load.world import by_rank, world_of
from atlint.plan import Plan

#: how many kinds of event a stream has: combinations of action, outcome, initiator, optional fields
_TEMPLATES: Final = 1024
#: every so many of them take the next verb that the edition knows, so that each verb comes up
_EVERY: Final = 4
_DATA: Final = 192
#: places by which things are drawn: powers of two
_WIDE: Final = 8192
_MIDDLE: Final = 1024
_NARROW: Final = 256
_NOISE: Final = struct.Struct("<12HQ")
_HUNDREDTHS: Final = tuple(f"{number:02d}".encode() for number in range(100))
#: stands for the fraction while the rest of a time is spelled
_GAP: Final = "\ue000"


class Sampler:
    """A `Source`. Compliant unless a `mix` says which events break which rule."""

    def __init__(self, plan: Plan, seed: int, mix: Mix | None = None) -> None:
        self._plan, self._mix = plan, mix
        self._seed = f"{seed}/{plan.edition}"
        self._key = hashlib.blake2b(self._seed.encode(), digest_size=32).digest()
        self._world = world_of(plan, self._seed)
        self._verbs = sorted(plan.vocabulary.verbs - plan.vocabulary.vague_verbs)
        self._ranks = by_rank(range(_TEMPLATES), _WIDE)
        self._templates: list[Template | None] = [None] * _TEMPLATES
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

    def events(self, run: str, stamps: Sequence[Stamp]) -> Iterator[Made]:
        """Events whose `id` carries run, file and sequence; a broken one bears its rule's code."""
        key, ranks, templates, mix = self._key, self._ranks, self._templates, self._mix
        digest, unpack = hashlib.blake2b, _NOISE.unpack
        people, addresses, requests, responses = self._people, self._addresses, self._requests, self._responses
        nobody, nowhere = people[min(people)], addresses["IPv4"]
        heads: dict[int, bytes] = {}
        last, clock = -1, (b"", b"")
        for seq, file, at in stamps:
            noise = unpack(digest(b"%d" % seq, key=key, digest_size=32).digest())
            rank = ranks[noise[0] & 8191]
            kind = templates[rank] or self._template(rank)
            seconds, hundredths = divmod(int(at * 100 + 0.5), 100)
            if seconds != last:
                last, clock = seconds, _clock(seconds)
            head = heads.get(file)
            if head is None:
                head = heads[file] = encode(run, file, 0)[:-12].encode()
            values = (
                b"%b%012x" % (head, seq),
                b"%b%b%b" % (clock[0], _HUNDREDTHS[hundredths], clock[1]),
                *(self._subjects.get((kind.kind, kind.dashed)) or self._pool(kind))[noise[1] & 255],
                *people.get(kind.head, nobody)[noise[2] & 1023],
                addresses.get(kind.address, nowhere)[noise[3] & 1023],
                requests[kind.change][noise[4] % _DATA],
                responses[noise[5] % _DATA],
                b"%08x-%04x-4%03x-8%03x-%012x"
                % (noise[6] << 16 | noise[7], noise[8], noise[9] & 4095, noise[10] & 4095, noise[12] & 0xFFFFFFFFFFFF),
            )
            raw = kind.text % kind.pick(values)
            code = mix.code(noise[11] << 16 | noise[12] >> 48) if mix else None
            yield Made(raw) if code is None else Made(broken_line(code, self._plan, raw, noise[12]), code)

    def _template(self, rank: int) -> Template:
        """The template of this rank, which depends on the seed and its rank alone; made when it is first asked for."""
        draw = Dice(random.Random(f"{self._seed}/template/{rank}"))
        verb = self._verbs[rank // _EVERY % len(self._verbs)] if rank % _EVERY == 0 else ""
        made = template(self._plan, scene_of(self._plan, self._world, draw, 0, verb), draw)
        self._templates[rank] = made
        return made

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
        return tuple(_piece(draw, change=change, bare=bare) for _ in range(_DATA))


def _piece(draw: Dice, *, change: bool, bare: bool) -> bytes:
    value = object_of(draw, change=change, flat=not bare)
    return json.dumps(value if bare else text_holding(value, draw), ensure_ascii=False, separators=(",", ":")).encode()


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
