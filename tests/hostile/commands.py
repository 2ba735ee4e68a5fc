"""Every command that ends by itself, run in a folder of prepared files, and all that it puts out."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest import mock

from atlint.cli import main
from atlint.report.formats import FORMATS

#: every format in one pass: the first to standard output, the others to files
_ALL: Final = " ".join(f"-o {name}" if name == "text" else f"-o {name}:out.{name}" for name in FORMATS)
_NOW: Final = "--now 2026-01-31T00:00:00Z"
#: a command line by what it is called here; files that are handed on as they are, not told of, stand in `HANDED_ON`
COMMANDS: Final[Mapping[str, str]] = {
    "check": f"check --isolated {_NOW} --jobs 1 events.log {_ALL}",
    "check-all-rules": f"check --isolated {_NOW} --jobs 1 --select ALL --explain-only events.log {_ALL}",
    "check-auto": f"check --isolated {_NOW} --jobs 1 --edition auto --samples events.log {_ALL}",
    "check-stdin": f"check --isolated {_NOW} --jobs 1 -",
    "check-quiet": f"check --isolated {_NOW} --jobs 1 --quiet events.log",
    "check-timings": f"check --isolated {_NOW} --jobs 1 --timings events.log",
    "check-diff": f"check --isolated {_NOW} --jobs 1 --diff events.log",
    "check-unsafe-diff": f"check --isolated {_NOW} --jobs 1 --diff --unsafe-fixes events.log",
    "check-fix": f"check --isolated {_NOW} --jobs 1 --fix --unsafe-fixes events.log {_ALL}",
    "check-baseline": f"check --isolated {_NOW} --jobs 1 --write-baseline base.json events.log",
    "check-registration": f"check --isolated {_NOW} --jobs 1 --registration registration.yaml events.log {_ALL}",
    "check-manifests": f"check --isolated {_NOW} --jobs 1 kube registration.yaml fluent.conf {_ALL}",
    "check-kube": f"check --isolated {_NOW} --jobs 1 --kube kube events.log",
    "check-folder": f"check --isolated {_NOW} --jobs 1 names {_ALL}",
    "check-configured": f"check {_NOW} --jobs 1 events.log {_ALL}",
    "ready": f"ready registration.yaml --isolated {_NOW} --logs events.log --kube kube "
    "--evidence evidence.json --issue issue.md -o text -o json:out.json -o junit:out.xml -o markdown:out.md",
    "ready-production": f"ready registration.yaml --isolated {_NOW} --environment production --logs events.log "
    "--kube kube --staging staging.json",
    "doctor": f"doctor agent.log --registration registration.yaml --kube kube {_ALL}",
    "verify": f"verify manifest.jsonl delivered.log {_ALL}",
    "diff": "diff old.yaml registration.yaml",
    "diff-json": "diff registration.yaml old.yaml -o json",
    "compile-docs": "compile registration.yaml --target docs --out made",
    "compile-python": "compile registration.yaml --target python --out made",
    "compile-issue": "compile registration.yaml --target issue",
    "compile-jsonschema": "compile registration.yaml --target jsonschema --out made",
    "compile-kube": "compile registration.yaml --target kube --environment stage1 --region ng --out made",
    "generate": "generate --count 3 --registration registration.yaml",
    "init": "init --from-log events.log --out learned.yaml",
    "load": "load logs --rate 20 --duration 100ms --registration registration.yaml",
}
#: what each command is there to write as it is: the mended log, and the one file that a token belongs in
HANDED_ON: Final = {"check-fix": {"events.log"}, "compile-kube": {"made/at_secret.yaml"}}


@dataclass(frozen=True, slots=True)
class PutOut:
    """What a command put out: to the two streams, and to files by their paths."""

    code: int
    streams: str
    files: Mapping[str, str]

    @property
    def everything(self) -> Iterator[tuple[str, str]]:
        """Each text with where it stands."""
        yield "standard output and error", self.streams
        yield from self.files.items()


def put_out(name: str, folder: Path, *more: str, token: str = "") -> PutOut:
    """Run a command in the folder, in this process, with `more` arguments."""
    before = {path: path.stat().st_mtime_ns for path in _files(folder)}
    streams, wired = io.BytesIO(), (folder / "events.log").read_bytes()
    code = 0
    with (
        io.TextIOWrapper(streams, "utf-8", write_through=True) as text,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(text),
        contextlib.redirect_stderr(text),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(wired))),
        mock.patch.dict(os.environ, {"ATLINT_SERVICE_TOKEN": token, "FORCE_COLOR": ""}),
    ):
        try:
            main([*COMMANDS[name].split(), *more])
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        said = streams.getvalue().decode()
    written = {
        str(path.relative_to(folder)): path.read_text(errors="surrogateescape")
        for path in _files(folder)
        if before.get(path) != path.stat().st_mtime_ns
    }
    return PutOut(code, said, {path: text for path, text in written.items() if path not in HANDED_ON.get(name, ())})


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
