"""The pytest plugin: the fixture `at_log` fails a test whose events have faults, and counts the declared actions.

It is loaded in every run of pytest where atlint is installed, so it imports nothing of atlint before it is used.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from atlint.integrations.at_log import AtLog
    from atlint.report.check import Options

_LOG: Final = pytest.StashKey["AtLog"]()
_OPTIONS: Final = pytest.StashKey["Options"]()
_ACTIONS: Final = pytest.StashKey[set[str]]()
#: what is said of events with faults that were written until a phase ended
_FAULTY: Final = {
    "call": "the events that this test wrote have faults",
    "teardown": "events that were written after the test, or not yet whole at its end, have faults",
}
#: what is said of a test that would have passed whatever its code wrote
_NOTHING: Final = """\
nothing was judged: this test asks for at_log, and no event was written
    write below $AT_LOG_ROOT, to a logger that at_log.logger(name) listens to, or to standard output
    where no event is right, set at_log.allow_empty = True, or run pytest with --at-allow-empty"""
#: under which a worker of xdist hands its actions to the controller
_WORKER_KEY: Final = "atlint_actions"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("atlint", "Activity Tracker events")
    group.addoption("--at-edition", default="", metavar="EDITION", help="edition of the events, or auto")
    group.addoption(
        "--at-registration", default="", metavar="FILE", help="the registration that events must agree with"
    )
    group.addoption(
        "--at-fail-on", default="", metavar="LEVEL", help="the least severity that fails a test (default: error)"
    )
    group.addoption(
        "--at-allow-empty", action="store_true", help="let tests pass that ask for at_log and write no event"
    )
    group.addoption(
        "--at-coverage-fail-under",
        type=_share,
        metavar="PERCENT",
        help="fail where tests saw fewer of the registration's actions",
    )


def _share(text: str) -> float:
    percent = float(text)
    if not 0 <= percent <= 100:
        raise argparse.ArgumentTypeError(f"{text} is no share in percent, from 0 to 100")
    return percent


def pytest_configure(config: pytest.Config) -> None:
    """Refuse at once what cannot work."""
    config.stash.setdefault(_ACTIONS, set())
    if hasattr(config, "workerinput"):
        return
    if config.getoption("at_coverage_fail_under") is not None:
        _declared(config)
    elif any(map(config.getoption, ("at_edition", "at_registration", "at_fail_on"))):
        _options(config)


def _options(config: pytest.Config) -> Options:
    """What the run judges by, found once. Raises pytest.UsageError."""
    found = config.stash.get(_OPTIONS, None)
    if found is None:
        from atlint.integrations import settings
        from atlint.model import AtlintError

        try:
            found = settings.options(
                edition=config.getoption("at_edition"),
                registration=config.getoption("at_registration"),
                start=config.rootpath,
            )
            found = settings.with_threshold(found, config.getoption("at_fail_on"))
        except AtlintError as error:
            raise pytest.UsageError(f"atlint: {error}") from error
        config.stash[_OPTIONS] = found
    return found


@pytest.fixture
def at_log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> AtLog:
    """The events that this test's code writes: below `at_log.path`, to a logger, or to standard output.

    The environment variable AT_LOG_ROOT names the folder to the code under test. The test fails where the events
    have faults; `.findings()` gives these, `.clear()` forgets what was written, `.logger(name)` listens to a logger.
    A test that has the fixture among its own arguments, and writes no event, fails its teardown, unless it sets
    `.allow_empty`.
    """
    from atlint.integrations.at_log import AtLog

    try:
        options = _options(request.config)
    except pytest.UsageError as error:
        pytest.fail(str(error), pytrace=False)
    folder = tmp_path_factory.mktemp("at-log")
    monkeypatch.setenv("AT_LOG_ROOT", str(folder))
    log = AtLog(folder, options, allow_empty=request.config.getoption("at_allow_empty") or not _asked_for(request.node))
    request.node.stash[_LOG] = log
    return log


def _asked_for(item: pytest.Item) -> bool:
    """Whether the test itself names the fixture; one that gets it by another, as all of a module may, does not."""
    function = getattr(item, "function", None)
    return function is not None and "at_log" in inspect.signature(function).parameters


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Listen to standard output, nearer to the test than pytest's own capturing and `capsys`."""
    return (yield from _listening(item))


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Listen to what fixtures print at their end."""
    return (yield from _listening(item))


def _listening(item: pytest.Item) -> Generator[None, object, object]:
    log = item.stash.get(_LOG, None)
    if log is None:
        return (yield)
    with log.listening():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test, or its teardown, that passed by itself and wrote events with faults, or none: as if it said so."""
    log = item.stash.get(_LOG, None)
    if log is not None and call.when in _FAULTY:
        log.captured = pytest.TestReport.from_item_and_call(item, call).capstdout
        told = _told(log, call.when)
        if call.when == "teardown":
            log.close()
            item.config.stash[_ACTIONS].update(log.actions)
        if told and call.excinfo is None:
            call.excinfo = _failure(told)
        if call.when == "call":
            log.passed = call.excinfo is None
        elif call.excinfo is None and log.passed and not (log.wrote or log.allow_empty):
            call.excinfo = _failure(_NOTHING)
    return (yield)


def _told(log: AtLog, when: str) -> str:
    """What there is to say against the events that were written until the end of a phase; nothing where all is well."""
    from atlint.integrations.at_log import shown
    from atlint.model import AtlintError

    try:
        found = log.failures(open_files=when == "call")
    except AtlintError as error:
        return f"what was written below AT_LOG_ROOT cannot be judged: {error}"
    return f"{_FAULTY[when]}\n{shown(found)}" if found else ""


def _failure(text: str) -> pytest.ExceptionInfo[BaseException]:
    try:
        pytest.fail(text, pytrace=False)
    except pytest.fail.Exception:
        return pytest.ExceptionInfo[BaseException].from_current()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:  # noqa: ARG001 - xdist names the arguments
    """Take over what a worker of xdist saw."""
    seen = node.config.stash[_ACTIONS]
    seen.update(getattr(node, "workeroutput", {}).get(_WORKER_KEY, ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the actions to the controller, or fail the run where too few were seen."""
    config = session.config
    output = getattr(config, "workeroutput", None)
    if output is not None:
        actions = config.stash[_ACTIONS]
        output[_WORKER_KEY] = sorted(actions)
        return
    least = config.getoption("at_coverage_fail_under")
    if least is not None and session.exitstatus == pytest.ExitCode.OK:
        seen, missed = _declared(config)
        if _percent(seen, missed) < least:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many of the declared actions were seen, and which were not."""
    least = config.getoption("at_coverage_fail_under")
    options = config.stash.get(_OPTIONS, None)
    if least is None and (options is None or options.registration is None):
        return
    seen, missed = _declared(config)
    percent = _percent(seen, missed)
    terminalreporter.section("coverage of declared actions")
    for action in missed:
        terminalreporter.line(f"never seen: {action}")
    terminalreporter.line(f"{len(seen)} of {len(seen) + len(missed)} actions seen: {percent:.0f} %")
    if least is not None and percent < least:
        terminalreporter.line(f"FAIL: --at-coverage-fail-under asks for {least:g} %", red=True)


def _declared(config: pytest.Config) -> tuple[list[str], list[str]]:
    from atlint.integrations.at_log import coverage
    from atlint.model import AtlintError

    actions = config.stash[_ACTIONS]
    try:
        return coverage(actions, _options(config))
    except AtlintError as error:
        raise pytest.UsageError(f"atlint: {error}") from error


def _percent(seen: Sequence[str], missed: Sequence[str]) -> float:
    total = len(seen) + len(missed)
    return 100 * len(seen) / total if total else 0.0
