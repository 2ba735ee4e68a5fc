"""`atlint compile`: schemas and a registration to what others need of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from atlint.cli.options import TOKEN, named, worded
from atlint.load.units import MOST_RATE
from atlint.model import ENVIRONMENTS, AtlintError

if TYPE_CHECKING:
    from atlint.pipeline.registration_file import RegistrationFile
    from atlint.plan.registration import Region, Registration

_LONGEST: Final = 65_536


#: the options that each target asks for
_ASKED: Final[Mapping[str, frozenset[str]]] = {
    "jsonschema": frozenset({"edition"}),
    "kube": frozenset({"environment", "region", "token_file", "shards", "rate", "duration", "now"}),
    "issue": frozenset({"environment", "region"}),
}


@click.command("compile", short_help="Write manifests, pages, types and schemas from a registration.")
@named("file", metavar="[REGISTRATION]", required=False)
@click.option(
    "--target",
    required=True,
    type=click.Choice(["jsonschema", "docs", "kube", "python", "issue"]),
    help="jsonschema: one bundled schema; docs: the page of events for customers; kube: the manifests of the "
    "cluster; python: typed constructors; issue: the registration issue.",
)
@worded("--out", metavar="DIR", help="Where the files go; standard output otherwise, save for kube.")
@worded("--edition", metavar="EDITION", help="For jsonschema without a registration; at-2018 (default).")
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Of the registered ones.")
@worded("--region", metavar="REGION", help="Of the registered ones, such as ng.")
@worded("--token-file", metavar="FILE", help=f"A file with the service token, in place of {TOKEN}.")
@click.option("--shards", type=click.IntRange(1, 4096), default=4, help="Pods of the load Job.")
@click.option(
    "--rate", type=click.IntRange(1, MOST_RATE), default=1000, help="Events a second of the load Job, over all pods."
)
@worded("--duration", default="10m", metavar="TIME", help="How long the load Job writes.")
@worded("--now", metavar="TIME", help="RFC 3339 in UTC: the time of the load's first event.")
def command(file: str | None, target: str, **given: Any) -> int:
    """Write what follows from a registration, and from the schemas. The same input gives the same bytes.

    For kube the service token is read from the variable ATLINT_SERVICE_TOKEN or from --token-file, and stands in
    no file but the Secret.
    """
    if file is None and target != "jsonschema":
        raise AtlintError(f"--target {target} needs a registration: atlint compile REGISTRATION --target {target}")
    _refuse_unused(target, file)
    made = _MAKERS[target](file, given)
    if not given["out"]:
        if target == "kube":
            raise AtlintError("--target kube needs --out DIR: one of its files holds the token")
        click.echo("".join(made.values()), nl=False)
        return 0
    _write(Path(given["out"]), made, private=target == "kube")
    return 0


def _refuse_unused(target: str, file: str | None) -> None:
    """Raises UsageError for an option that the target does not ask for: it would be passed over without a word."""
    context = click.get_current_context()
    for param in context.command.params:
        name = param.name or ""
        wanting = [each for each, asked in _ASKED.items() if name in asked]
        if not wanting or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        if target not in wanting:
            raise click.UsageError(f"{param.opts[-1]} is for --target {' and '.join(wanting)}, not for {target}")
        if name == "edition" and file is not None:
            raise click.UsageError(
                f"--edition is for jsonschema without a registration: {file} says which one it is of"
            )


def _write(folder: Path, made: Mapping[str, str], *, private: bool) -> None:
    """Each file whole or not at all; `private` ones are for their owner alone."""
    from atlint.cli.output import write_atomically

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AtlintError(f"{folder}: cannot be made: {error.strerror or error}") from error
    for name, text in made.items():
        mode = 0o700 if name.endswith(".sh") else 0o600
        write_atomically(folder / name, [text], mode=mode if private else None)
        click.echo(f"wrote {folder / name}", err=True)


def _declared(file: str) -> Registration:
    from atlint.pipeline.registration_file import sound_registration_of

    return sound_registration_of(Path(file))


def _entry(found: RegistrationFile, given: Mapping[str, Any]) -> tuple[Registration, Region]:
    """The one registration that manifests are for, which must be possible. Raises AtlintError."""
    from atlint.pipeline.registration_file import first_fault, malformed

    registration = found.registration
    if registration is None:
        raise AtlintError(f"{found.stream.source.path}: there is no registration in it")
    environment, region = given["environment"], given["region"]
    entries = [
        (index, entry)
        for index, entry in enumerate(registration.regions)
        if environment in {None, entry.environment} and region in {None, entry.region}
    ]
    if len(entries) != 1:
        there = ", ".join(f"{entry.environment} {entry.region}" for entry in registration.regions) or "nothing"
        raise AtlintError(
            f"--environment and --region must name one registration of {registration.service}; registered: {there}"
        )
    ((index, entry),) = entries
    if fault := first_fault(found, f"/registrations/{index}") or malformed(found):
        raise AtlintError(fault)
    return registration, entry


def _token(given: Mapping[str, Any]) -> str:
    """The service token, from the environment or a file. Raises AtlintError, never with the token in it."""
    from atlint import regular
    from atlint.targets.kube import token_of

    path = given["token_file"]
    if path:
        try:
            with regular.opened(path) as stream:
                raw = stream.read(_LONGEST)
        except OSError as error:
            raise AtlintError(f"--token-file {path}: {error.strerror or error}") from error
        return token_of(raw.decode("utf-8", "replace"))
    text = os.environ.get(TOKEN, "")
    if not text.strip():
        raise AtlintError(f"no service token: set the variable {TOKEN}, or name a file with --token-file")
    return token_of(text)


def _kube(file: str | None, given: Mapping[str, Any]) -> Mapping[str, str]:
    from atlint.cli.options import instant
    from atlint.load.units import duration
    from atlint.pipeline.registration_file import load
    from atlint.targets.kube import NOW, Wanted, manifests

    found = load(Path(file or ""))
    registration, entry = _entry(found, given)
    instant(given["now"])
    duration(given["duration"])
    wanted = Wanted(
        registration,
        entry,
        _token(given),
        shards=given["shards"],
        rate=given["rate"],
        duration=given["duration"],
        now=given["now"] or NOW,
    )
    return manifests(wanted)


def _issue(file: str | None, given: Mapping[str, Any]) -> Mapping[str, str]:
    from atlint.targets.issue import issue

    registration = _declared(file or "")
    chosen = [
        entry
        for entry in registration.regions
        if given["environment"] in {None, entry.environment} and given["region"] in {None, entry.region}
    ]
    return {"issue.md": issue(registration, chosen)}


def _docs(file: str | None, given: Mapping[str, Any]) -> Mapping[str, str]:
    from atlint.rules.selection import everything
    from atlint.targets.docs import page

    del given
    registration = _declared(file or "")
    return {"events.md": page(everything(registration.edition, registration))}


def _python(file: str | None, given: Mapping[str, Any]) -> Mapping[str, str]:
    from atlint.rules.selection import everything
    from atlint.targets.python import module

    del given
    registration = _declared(file or "")
    return {"events.py": module(everything(registration.edition, registration))}


def _jsonschema(file: str | None, given: Mapping[str, Any]) -> Mapping[str, str]:
    from atlint.plan import EDITIONS, compile_plan
    from atlint.targets.jsonschema import bundle

    registration = _declared(file) if file else None
    edition = registration.edition if registration else given["edition"] or EDITIONS[0]
    schema = bundle(compile_plan(edition, registration))
    return {"event.schema.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"}


_MAKERS: Final[Mapping[str, Callable[[str | None, Mapping[str, Any]], Mapping[str, str]]]] = {
    "jsonschema": _jsonschema,
    "docs": _docs,
    "kube": _kube,
    "python": _python,
    "issue": _issue,
}
