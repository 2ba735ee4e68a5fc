"""The compliant events that each edition ships: for documentation, the demonstration and tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from atlint.plan.truth import read_text


def compliant(edition: str) -> Iterator[dict[str, Any]]:
    """Decoded events that no rule finds fault with, fresh ones each time."""
    for line in read_text(f"editions/{edition}/examples.jsonl").splitlines():
        yield json.loads(line)
