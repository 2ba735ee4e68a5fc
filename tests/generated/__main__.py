"""`python -m tests.generated` fails when a file is stale; `--write` makes it anew."""

from __future__ import annotations

import os
import sys

from tests.generated import everything
from tests.generated.page import ROOT


def main(*, write: bool) -> int:
    os.environ["COLUMNS"] = "100"
    os.environ.pop("FORCE_COLOR", None)
    stale = []
    made = set()
    for path, text in everything():
        made.add(path)
        file = ROOT / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            stale.append(path)
            if write:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
    for file in (ROOT / "docs/reference/rules").glob("*.md"):
        if str(file.relative_to(ROOT)) not in made:
            stale.append(str(file.relative_to(ROOT)))
            if write:
                file.unlink()
    if stale and not write:
        sys.stderr.write("stale, run `python -m tests.generated --write`:\n" + "".join(f"  {p}\n" for p in stale))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(write="--write" in sys.argv[1:]))
