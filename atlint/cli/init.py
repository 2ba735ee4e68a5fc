"""`atlint init`: write a registration file by asking, by options, or from a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atlint.cli.options import listed, worded
from atlint.model import ENVIRONMENTS, STAGING, AtlintError

if TYPE_CHECKING:
    from atlint.model import Line
    from atlint.plan.registration import Action, Region, Registration
    from atlint.readiness.learn import Learned


@click.command("init", short_help="Write a registration file.")
@worded("--service", default="", metavar="NAME", help="The service's name in the catalog.")
@worded("--display-name", default="", metavar="NAME", help="Its name for people.")
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help=f"{STAGING} (default) comes first.")
@worded("--region", multiple=True, metavar="REGION", help="ng, eu-gb, eu-de or au-syd; repeatable.")
@worded("--space-id", default="", metavar="GUID", help="The space for the service's own copy.")
@worded("--account-id", default="", metavar="ID", help="The account of that space.")
@worded("--action", multiple=True, metavar="ACTION", help="service.object.verb; repeatable.")
@worded("--edition", default="", metavar="EDITION", help="at-2018 (default), at-2019, at-2020 or at-2025.")
@worded("--from-log", multiple=True, metavar="FILE", help="Learn what is not given from event logs; repeatable.")
@worded("--out", default="at-registration.yaml", metavar="FILE", help="Where to write it; never over a file.")
def command(**given: Any) -> int:
    """Write a registration file: by asking on a terminal, by options, or learned from a log.

    The endpoints are those of the tracker's tables.
    """
    from atlint.targets.registration import text_of

    path = Path(given["out"])
    if path.exists() or path.is_symlink():
        raise AtlintError(f"{path} is there already, and init overwrites nothing: name another file with --out")
    ask = _ask if sys.stdin.isatty() else _do_not_ask
    registration = _registration(given, _learned(given["from_log"]), ask)
    _create(path, text_of(registration))
    click.echo(f"wrote {path}", err=True)
    for pointer, field in _gaps(registration):
        click.echo(f"{path}: {pointer}: {field} is still to be filled in", err=True)
    return 0


def _learned(paths: tuple[str, ...]) -> Learned:
    from atlint.lint.source import find, is_log
    from atlint.readiness.learn import learn
    from atlint.report.printable import printable

    learned = learn(find(paths, is_log))
    told = [f"--from-log: there is not one event in {line.path}: {_said_of(line)}" for line in learned.silent]
    if paths and not learned.events:
        raise AtlintError(next(iter(told), f"--from-log: there is not one event in {', '.join(paths)}"))
    for note in told:
        click.echo(f"atlint: {printable(note)}", err=True)
    return learned


def _said_of(line: Line) -> str:
    """The worst that `check` says of a line."""
    from atlint.report.check import Options, check_lines
    from atlint.report.formats.group import ordered

    found = ordered(check_lines([line], Options()).findings)
    return "; ".join(filter(None, (found[0].message, found[0].help))) if found else "its first line is none"


def _ask(question: str, default: str) -> str:
    return str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()


def _do_not_ask(_question: str, default: str) -> str:
    return default


def _registration(given: Mapping[str, Any], learned: Learned, ask: Callable[[str, str], str]) -> Registration:
    """The registration from options first, then from the log, then from answers. Raises AtlintError."""
    from atlint.plan import EDITIONS, known_edition
    from atlint.plan.registration import Registration

    service = given["service"] or ask("Service name, as in its CRNs", learned.service)
    if not service:
        raise AtlintError("name the service with --service, or give a log with --from-log")
    display = given["display_name"] or ask("Name for people", service)
    edition = known_edition(given["edition"] or learned.edition or EDITIONS[0])
    registration = Registration(
        edition=edition,
        service=service,
        display_name=display,
        aliases=(),
        user_copy=learned.user_copy(service) or "account",
        logs="",
        regions=tuple(_regions(given, learned, service, ask)),
        actions=_actions(given, learned, service, ask),
    )
    _judge(registration)
    return registration


def _regions(given: Mapping[str, Any], learned: Learned, service: str, ask: Callable[[str, str], str]) -> list[Region]:
    from atlint.pipeline.registration_facts import places
    from atlint.plan.registration import Region

    tables = places()
    environment = given["environment"] or ask(f"Environment ({' or '.join(ENVIRONMENTS)})", STAGING)
    if environment not in tables:
        raise AtlintError(f"there is no environment {environment!r}: {' and '.join(tables)} are")
    known = learned.regions(service)
    there = {region: place for region, place in tables[environment].items() if place.host}
    choice = ", ".join(f"{region} ({place.place})" for region, place in there.items())
    wanted = listed(given["region"]) or tuple(region for region in known if region in there)
    if not wanted:
        wanted = listed([ask(f"Region: {choice}", "")])
    found = []
    for region in wanted:
        place = tables[environment].get(region)
        if place is None or place.host is None:
            name = f"{place.place} ({region})" if place else repr(region)
            urls = ", ".join(f"{each.place} ({code}) {each.url}" for code, each in there.items())
            raise AtlintError(f"there is no tracker in {name} at {environment} (AT907): there is one in {urls}")
        space, account = known.get(region, ("", ""))
        space = given["space_id"] or space or ask(f"Space id in {place.place}", "")
        account = given["account_id"] or account or ask("Account id of that space", "")
        found.append(Region(environment, region, place.url, space, account))
    if not found:
        raise AtlintError(f"name a region with --region: {choice}")
    return found


def _actions(
    given: Mapping[str, Any], learned: Learned, service: str, ask: Callable[[str, str], str]
) -> tuple[Action, ...]:
    from atlint.plan.registration import Action

    known = {action.action: action for action in learned.actions(service)}
    names = listed(given["action"]) or tuple(known) or listed([ask("Actions, between commas", "")])
    return tuple(known.get(name) or Action(name, "", "", ("success", "failure")) for name in dict.fromkeys(names))


def _judge(registration: Registration) -> None:
    """Refuse what would be at fault, missing facts aside: they are told when the file is written."""
    from atlint.pipeline import document
    from atlint.pipeline.registration_file import read, sentence
    from atlint.targets.registration import text_of

    found = read(document.read(text_of(registration).encode("utf-8", "surrogateescape"), "init"))
    wrong = next((problem for problem in found.problems if problem.case != "missing"), None)
    if wrong is not None:
        raise AtlintError(sentence(found.stream, wrong, placed=False))


def _gaps(registration: Registration) -> list[tuple[str, str]]:
    gaps = [] if registration.actions else [("/actions", "the list of actions")]
    for index, entry in enumerate(registration.regions):
        gaps += [] if entry.space_id else [(f"/registrations/{index}/spaceId", "spaceId")]
        gaps += [] if entry.account_id else [(f"/registrations/{index}/accountId", "accountId")]
    return gaps


def _create(path: Path, text: str) -> None:
    """Write a file that was not there; somebody else's file is never touched."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise AtlintError(f"{path} is there already, and init overwrites nothing") from None
    except OSError as error:
        raise AtlintError(f"{path}: cannot be written: {error.strerror or error}") from error
