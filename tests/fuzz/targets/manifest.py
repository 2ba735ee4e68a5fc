"""The ground truth of a run, and what was delivered: verify ends in a report or says which record is wrong.

What stands before the first byte 0x1e is the manifest, what stands behind it is the delivered lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from atlint.load.verify import verify
from atlint.model import AtlintError
from tests.fuzz.files import written

LONGEST: Final = 4_000


def seeds() -> Iterator[bytes]:
    """A small run, whole, killed, and with its events delivered."""
    head = (
        b'{"kind":"header","run":"0a1b2c3d","version":"1","plan":"0","edition":"at-2018","seed":1,'
        b'"now":"2026-01-01T00:00:00.000000Z","digest":"blake2b-64","files":{"0000":"a.log"}}\n'
    )
    lines = [b'{"id":"0a1b2c3d-0000-8000-8000-%012x","a":%d}' % (seq, 7 * seq) for seq in range(3)]
    records = b"".join(
        b'{"kind":"event","seq":%d,"file":"a.log","line":%d,"bytes":%d,"digest":"00112233445566%02x",'
        b'"intended":1.5,"written":1.6,"rule":null}\n' % (seq, seq + 1, len(line) + 1, seq)
        for seq, line in enumerate(lines)
    )
    end = b'{"kind":"file","file":"a.log.1","was":"a.log","bytes":99,"lines":3,"why":"rotation"}\n{"kind":"end"}\n'
    delivered = b"\x1e" + b"\n".join(lines)
    yield head + records + end + delivered
    yield head + records + delivered
    yield head + records[:-20] + b'\x1e{"received":1.000000,"line":"{}"}\n'


def probe(data: bytes) -> None:
    """Verify."""
    truth, _, delivered = data.partition(b"\x1e")
    try:
        report = verify([written("run.manifest", truth)], [written("a.log", delivered)])
    except AtlintError:
        return
    said = report.summary
    told = sum(said[name] for name in ("delivered", "lost", "truncated", "corrupted", "misrouted"))
    assert said["sent"] == told, said
