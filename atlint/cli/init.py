"""`atlint init`: write a registration file by asking, by options, or from a log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atlint.cli.options import listed, worded
from atlint.model import ENVIRONMENTS, STAGING, AtlintError

if TYPE_CHECKING:
    from atlint.model import Line
    from atlint.plan.registration import Action, Region, Registration
    from atlint.readiness.learn import Learned

#: a question, the answer where none is given, and what is wrong with an answer: nothing, for one that will do
Ask = Callable[[str, str, Callable[[str], str]], str]


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
@worded(
    "--out",
    default="at-registration.yaml",
    metavar="FILE",
    help="Where to write it, - for standard output; never over a file.",
)
def command(**given: Any) -> int:
    """Write a registration file: by asking on a terminal, by options, or learned from a log.

    The endpoints are those of the tracker's tables.
    """
    from atlint.targets.registration import text_of

    path = None if given["out"] == "-" else Path(given["out"])
    if path is not None and (path.exists() or path.is_symlink()):
        raise AtlintError(f"{path} is there already, and init overwrites nothing: name another file with --out")
    ask = _ask if sys.stdin.isatty() else _do_not_ask
    learned = _learned(given["from_log"])
    registration = _registration(given, learned, ask)
    if path is None:
        click.echo(text_of(registration), nl=False)
    else:
        _create(path, text_of(registration))
        click.echo(f"wrote {path}", err=True)
    for note in _left_out(learned, registration.service):
        click.echo(f"atlint: --from-log: {note}", err=True)
    for pointer, field in _gaps(registration):
        click.echo(f"{given['out']}: {pointer}: {field} is still to be filled in", err=True)
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


def _left_out(learned: Learned, service: str) -> Iterator[str]:
    """What the logs hold besides the events of the service; no value of theirs is shown."""
    from atlint.report.formats.digest import number

    if others := learned.events - learned.services[service]:
        yield (
            f"left out of {number(learned.events, 'event', 'events')} what is not of {service}, {others:,}; --service "
            "names the one that is meant"
        )
    if learned.passed_over:
        yield (
            f"left out {number(learned.passed_over, 'line', 'lines')}: no event, or none with an action that can be "
            "declared; `atlint check` says what is wrong"
        )


def _ask(question: str, default: str, wrong: Callable[[str], str]) -> str:
    """Ask until there is an answer that will do."""

    def accepted(answer: str) -> str:
        said = wrong(answer.strip())
        if said:
            raise click.UsageError(said)
        return answer.strip()

    return str(click.prompt(question, default=default, show_default=bool(default), value_proc=accepted, err=True))


def _do_not_ask(_question: str, default: str, _wrong: Callable[[str], str]) -> str:
    return default


def _registration(given: Mapping[str, Any], learned: Learned, ask: Ask) -> Registration:
    """The registration from options first, then from the log, then from answers. Raises AtlintError."""
    from atlint.plan import EDITIONS, known_edition
    from atlint.plan.registration import Registration

    edition = known_edition(given["edition"] or learned.edition or EDITIONS[0])

    def named(service: str) -> Registration:
        copy = learned.user_copy(service) or "account"
        return Registration(edition, service, service, aliases=(), user_copy=copy, logs="", regions=(), actions=())

    nameless = "name the service with --service, or give a log with --from-log"
    service = given["service"] or ask(
        "Service name, as in its CRNs", learned.service, lambda name: _fault(named(name)) if name else nameless
    )
    if not service:
        raise AtlintError(nameless)
    display = given["display_name"] or ask("Name for people", service, lambda _: "")
    registration = replace(named(service), display_name=display)
    registration = replace(registration, regions=_regions(given, learned, registration, ask))
    registration = replace(registration, actions=_actions(given, learned, registration, ask))
    if fault := _fault(registration):
        raise AtlintError(fault)
    return registration


def _regions(given: Mapping[str, Any], learned: Learned, registration: Registration, ask: Ask) -> tuple[Region, ...]:
    from atlint.pipeline.registration_facts import places
    from atlint.plan.registration import Region

    tables = places()

    def elsewhere(environment: str) -> str:
        known = " and ".join(tables)
        return "" if environment in tables else f"there is no environment {environment!r}: {known} are"

    environment = given["environment"] or ask(f"Environment ({' or '.join(ENVIRONMENTS)})", STAGING, elsewhere)
    known = learned.regions(registration.service)
    there = {region: place for region, place in tables[environment].items() if place.host}
    choice = ", ".join(f"{region} ({place.place})" for region, place in there.items())

    def unserved(regions: tuple[str, ...]) -> str:
        """What is wrong with the choice of regions."""
        for region in regions:
            if region not in there:
                place = tables[environment].get(region)
                name = f"{place.place} ({region})" if place else repr(region)
                urls = ", ".join(f"{each.place} ({code}) {each.url}" for code, each in there.items())
                return f"there is no tracker in {name} at {environment} (AT907): there is one in {urls}"
        return "" if regions else f"name a region with --region: {choice}"

    wanted = listed(given["region"]) or tuple(region for region in known if region in there)
    if not wanted:
        wanted = listed([ask(f"Region: {choice}", "", lambda answer: unserved(listed([answer])))])
    if fault := unserved(wanted):
        raise AtlintError(fault)

    def home(region: str) -> Region:
        url, (space, account) = there[region].url, known.get(region, ("", ""))

        def fault(space: str, account: str) -> str:
            return _fault(replace(registration, regions=(Region(environment, region, url, space, account),)))

        question = f"Space id in {there[region].place}"
        space = given["space_id"] or space or ask(question, "", lambda answer: fault(answer, ""))
        question = "Account id of that space"
        account = given["account_id"] or account or ask(question, "", lambda answer: fault("", answer))
        return Region(environment, region, url, space, account)

    return tuple(map(home, wanted))


def _actions(given: Mapping[str, Any], learned: Learned, registration: Registration, ask: Ask) -> tuple[Action, ...]:
    from atlint.plan.registration import Action

    known = {action.action: action for action in learned.actions(registration.service)}

    def declared(names: tuple[str, ...]) -> tuple[Action, ...]:
        return tuple(known.get(name) or Action(name, "", "", ("success", "failure")) for name in dict.fromkeys(names))

    def fault(answer: str) -> str:
        return _fault(replace(registration, actions=declared(listed([answer]))))

    return declared(listed(given["action"]) or tuple(known) or listed([ask("Actions, between commas", "", fault)]))


def _fault(registration: Registration) -> str:
    """What is at fault in it, missing facts aside: they are told when the file is written."""
    from atlint.pipeline import document
    from atlint.pipeline.registration_file import read, sentence
    from atlint.targets.registration import text_of

    found = read(document.read(text_of(registration).encode("utf-8", "surrogateescape"), "init"))
    wrong = next((problem for problem in found.problems if problem.case != "missing"), None)
    return "" if wrong is None else sentence(found.stream, wrong, placed=False)


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
