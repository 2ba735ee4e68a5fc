"""The verbs of the project: what a contributor runs by hand is what `.ci/run` runs.

All but `build` and `lowest` run in the environment that nox itself is installed in: `pip install -e '.[dev]'`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nox

HERE = Path(__file__).parent
COMPILED = "atlint.lint._scan"
nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "docs", "tests"]


@nox.session
def fmt(session: nox.Session) -> None:
    """Format, and mend what ruff mends by itself."""
    session.run("ruff", "format", ".")
    session.run("ruff", "check", "--fix", ".")


@nox.session
def lint(session: nox.Session) -> None:
    """Lint, format and import contracts."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--no-cache")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Generated files are fresh; with `-- --write` they are made anew."""
    session.run("python", "-m", "tests.generated", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, as the README says."""
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def real(session: nox.Session) -> None:
    """The tests against real components: fluentd, rsyslog, a browser and others."""
    session.run("pytest", "-m", "integration", "-n", "2", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Wheel and sdist, each installed and tested on the oldest and the newest Python that is here.

    On the second of these the sdist is installed without a compiler.
    """
    made = Path(session.create_tmp()).resolve()
    shutil.rmtree(made / "dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(made / "dist"), str(HERE), silent=True)
    (wheel,) = (made / "dist").glob("*.whl")
    (sdist,) = (made / "dist").glob("*.tar.gz")
    found = list(pythons())
    session.log(f"Pythons here: {', '.join(found)}")
    if len(found) == 1:
        session.warn("there is no second Python here: the newest is the oldest, and is tested alone")
    for number, python in enumerate(dict.fromkeys((found[0], found[-1]))):
        room = made / f"python-{number}"
        alone = venv(session, room / "alone", python)
        session.run(str(alone / "pip"), "install", "--quiet", str(wheel), external=True)
        session.run(str(alone / "python"), "-c", f"import {COMPILED}", external=True)
        works(session, alone / "atlint")
        unpacked = room / "sdist"
        shutil.rmtree(unpacked, ignore_errors=True)
        with tarfile.open(sdist) as archive:
            archive.extractall(unpacked, filter="data")
        (source,) = unpacked.iterdir()
        inside = venv(session, room / "inside", python)
        # the second one has no compiler
        compiler = {"CC": "false"} if number else None
        with session.chdir(source):
            session.run(str(inside / "pip"), "install", "--quiet", "-e", ".[test]", env=compiler, external=True)
            there = f"importlib.util.find_spec('{COMPILED}') is not None"
            session.run(
                str(inside / "python"), "-c", f"import importlib.util; assert ({there}) is {not number}", external=True
            )
            suite(session, inside)


@nox.session
def lowest(session: nox.Session) -> None:
    """The tests with the lowest version of each dependency that `pyproject.toml` allows, on the oldest Python."""
    made = Path(session.create_tmp()).resolve()
    (made / "lowest.txt").write_text("".join(f"{pin}\n" for pin in lower_bounds()))
    inside = venv(session, made / "lowest", next(pythons()))
    pins = ["--constraint", str(made / "lowest.txt")]
    session.run(str(inside / "pip"), "install", "--quiet", *pins, "-e", ".[test]", external=True)
    suite(session, inside)


def pythons() -> Iterator[str]:
    """The commands of all Pythons here that the project supports, the oldest first; those of pyenv count."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    oldest = int(project["requires-python"].removeprefix(">=3."))
    shelf = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for minor in range(oldest, oldest + 20):
        known = (shutil.which(f"python3.{minor}"), *map(str, sorted(shelf.glob(f"3.{minor}.*/bin/python3"))))
        # a shim on the path may stand for a version that is not chosen
        yield from (python for python in filter(None, known) if _runs(python))


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0


def lower_bounds() -> Iterator[str]:
    """Each dependency of atlint at the lowest version that is allowed."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    for wanted in project["dependencies"]:
        found = re.match(r"(?P<name>[\w.-]+)>=(?P<version>[\w.]+)", wanted)
        if found is None:
            raise ValueError(f"pyproject.toml: {wanted} has no lower bound")
        yield f"{found['name']}=={found['version']}"


def venv(session: nox.Session, folder: Path, python: str) -> Path:
    """Make a new environment; the folder of its commands."""
    shutil.rmtree(folder, ignore_errors=True)
    session.run(python, "-m", "venv", str(folder), external=True)
    return folder / "bin"


def suite(session: nox.Session, commands: Path) -> None:
    """Run the tests in an environment of their own; a module that wants more than the extra `test` fails the first run.

    That one collects all modules, whatever part of them is asked for.
    """
    python = str(commands / "python")
    session.run(python, "-m", "pytest", "-q", "--collect-only", external=True, silent=True)
    session.run(python, "-m", "pytest", "-q", *(session.posargs or ("-n", "auto")), external=True)


def works(session: nox.Session, atlint: Path) -> None:
    """The installed tool alone: it shows itself, explains, and accepts what it generates."""
    session.run(str(atlint), "demo", external=True, silent=True)
    session.run(str(atlint), "explain", "AT310", external=True, silent=True)
    with (atlint.parent / "events.log").open("w") as log:
        moment = "2026-01-01T00:00:00Z"
        session.run(str(atlint), "generate", "--count", "100", "--now", moment, external=True, stdout=log)
    session.run(str(atlint), "check", str(atlint.parent / "events.log"), external=True)
