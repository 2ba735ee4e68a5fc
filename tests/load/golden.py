"""The digests of what is generated: computed here, stored in `fixtures/golden`, rewritten by running this module.

When they may change is written down in `docs/decisions/0006-generated-bytes.md`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from atlint.load.boundary import boundary
from atlint.load.sample import Sampler
from atlint.load.source import Stamp
from atlint.plan import EDITIONS, compile_plan
from tests.load.events import THEN, registration_of

if TYPE_CHECKING:
    from collections.abc import Iterable

STORE = Path(__file__).parents[2] / "fixtures" / "golden" / "generate.json"
RUN = "0badcafe"
COUNT = 800


def stamps(first: int = 0, behind: int = COUNT) -> list[Stamp]:
    return [Stamp(seq, seq % 3, THEN + seq / 64) for seq in range(first, behind)]


def digest(lines: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for line in lines:
        found.update(line + b"\n")
    return found.hexdigest()


def digests() -> dict[str, dict[str, str]]:
    """By edition: of a stream, of a registration's stream, of the edge cases."""
    found = {}
    for edition in EDITIONS:
        plan, own = compile_plan(edition), compile_plan(edition, registration_of(edition))
        found[edition] = {
            "stream": digest(made.raw for made in Sampler(plan, 7).events(RUN, stamps())),
            "registration": digest(made.raw for made in Sampler(own, 7).events(RUN, stamps())),
            "boundary": digest(boundary(plan)),
        }
    return found


if __name__ == "__main__":
    text = json.dumps(digests(), indent=2) + "\n"
    if "--write" in sys.argv:
        STORE.write_text(text)
    else:
        sys.stdout.write(text)
