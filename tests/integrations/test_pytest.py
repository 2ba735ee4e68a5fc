"""The pytest plugin under the real pytest, in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from atlint.lint.examples import compliant

pytest_plugins = ["pytester"]

pytestmark = pytest.mark.integration

GOOD = next(iter(compliant("at-2018")))
BAD = {**GOOD, "payload": {**GOOD["payload"], "outcome": "sucess"}}
ACTION = GOOD["payload"]["action"]
PRELUDE = f"""
import gzip, json, logging, os, shutil, sys
import pytest
GOOD = {json.dumps(GOOD)!r}
BAD = {json.dumps(BAD)!r}
def write(line, name="pod.log", end="\\n", mode="a"):
    with open(os.path.join(os.environ["AT_LOG_ROOT"], name), mode) as file:
        file.write(line + end)
"""


def ran(pytester: pytest.Pytester, body: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(PRELUDE + body)
    return pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:asyncio", *arguments)


PASSING = {
    "nothing": "def test(at_log): at_log.allow_empty = True; assert at_log.path.is_dir()",
    "nothing-by-another": "@pytest.fixture(autouse=True)\ndef log(at_log): pass\ndef test(): pass",
    "nothing-for-all": "pytestmark = pytest.mark.usefixtures('at_log')\ndef test(): pass",
    "written-later": "@pytest.fixture\ndef late():\n yield\n print(GOOD)\ndef test(at_log, late): pass",
    "cleared-at-last": "def test(at_log): write(GOOD); at_log.clear()",
    "patched": "from unittest import mock\n@mock.patch('os.getcwd')\ndef test(cwd, at_log): write(GOOD)",
    "good": "def test(at_log): write(GOOD); assert at_log.findings() == []",
    "cleared": "def test(at_log):\n write(BAD)\n assert at_log.findings()[0].code == 'AT103'\n at_log.clear()",
    "cleared-log": "def test(at_log):\n at_log.logger('a').info(BAD)\n print(BAD)\n at_log.clear()\n write(GOOD)",
    "cleared-dump": "def test(at_log): write(BAD, end=''); at_log.clear()",
    "ended-later": "@pytest.fixture\ndef late(at_log):\n yield\n write('')\ndef test(late): write(GOOD, end='')",
    "cleared-packed": "def test(at_log):\n with gzip.open(at_log.path / 'pod.log.1.gz', 'wt') as file:\n"
    "  file.write((BAD + '\\n') * 50)\n at_log.clear()",
    "cleared-damaged": "def test(at_log):\n write(BAD, 'pod.log.gz')\n at_log.clear()\n write(GOOD)",
    "cleared-damaged-at-last": "def test(at_log):\n write(BAD, 'pod.log.gz')\n at_log.clear()",
    "folder-is-removed": "def test(at_log):\n write(GOOD)\n at_log.findings()\n shutil.rmtree(at_log.path)\n"
    " assert at_log.findings() == []",
    "folder-is-removed-later": "@pytest.fixture\ndef late(at_log):\n yield\n shutil.rmtree(at_log.path)\n"
    "def test(late): write(GOOD)",
    "other-files": "def test(at_log):\n write(GOOD)\n write('lock', 'a.pid')\n write('{\"a\": 1}', 'state.json')",
    "other-output": "def test(at_log): write(GOOD); print('{', '{\"a\": 1}', 'hello')",
    "capsys": "def test(capsys, at_log):\n write(GOOD); print('x')\n assert capsys.readouterr().out == 'x\\n'",
    "unused": "def test(): print(BAD)",
    "root-is-given-back": "def test_a(at_log): write(GOOD)\ndef test_b(): assert 'AT_LOG_ROOT' not in os.environ",
}


@pytest.mark.parametrize("name", PASSING)
def test_tests_without_faults_pass(pytester: pytest.Pytester, name: str) -> None:
    result = ran(pytester, PASSING[name])
    assert result.ret == 0, result.stdout.str()


EMPTY = {
    "nothing": "def test(at_log): assert at_log.findings() == []",
    "elsewhere": "def test(at_log, tmp_path): (tmp_path / 'pod.log').write_text(BAD)",
    "no-events": "def test(at_log):\n write('lock', 'a.pid')\n write('')\n print('hello')",
    "unheard": "def test(at_log): logging.getLogger('events').info(BAD)",
    "patched": "from unittest import mock\n@mock.patch('os.getcwd')\ndef test(cwd, at_log): pass",
    "class": "class TestKeys:\n def test(self, at_log): pass",
}


@pytest.mark.parametrize("name", EMPTY)
def test_a_test_that_asks_for_events_and_gets_none_is_no_pass(pytester: pytest.Pytester, name: str) -> None:
    result = ran(pytester, EMPTY[name])
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*nothing was judged: this test asks for at_log*", "*at_log.allow_empty = True*"])
    assert ran(pytester, EMPTY[name], "--at-allow-empty").ret == 0


def test_what_failed_or_was_skipped_is_not_called_empty_besides(pytester: pytest.Pytester) -> None:
    body = """
def test_failed(at_log): assert not at_log.path
def test_skipped(at_log): pytest.skip("no")
@pytest.mark.xfail
def test_xfailed(at_log): assert not at_log.path
"""
    ran(pytester, body).assert_outcomes(failed=1, skipped=1, xfailed=1)


FAILING = {
    "file": ("def test(at_log): write(BAD)", "*pod.log:1:*: AT103 error: *"),
    "folder": ("def test(at_log):\n os.mkdir(at_log.path / 'svc')\n write(BAD, 'svc/a.log')", "*svc/a.log:1:*AT103*"),
    "logger": ("def test(at_log): at_log.logger('events').info(BAD)", "*logger events:1:*AT103*"),
    "print": ("def test(at_log): print('x'); print(BAD)", "*standard output:1:*AT103*"),
    "capsys": ("def test(at_log, capsys): print(BAD)", "*standard output:1:*AT103*"),
    "child": ("def test(at_log): os.system(f\"echo '{BAD}'\")", "*standard output:1:*AT103*"),
    "after-clear": ("def test(at_log):\n write(GOOD)\n at_log.clear()\n write(BAD)", "*pod.log:2:*AT103*"),
    "dumped": ("def test(at_log): write(BAD, end='')", "*pod.log:1:*AT103*"),
    "other name": ("def test(at_log): write(BAD, 'events.json')", "*events.json:1:*AT103*"),
    "no extension": ("def test(at_log): write(BAD, 'events')", "*events:1:*AT103*"),
    "begun anew": ("def test(at_log):\n write(GOOD * 2)\n at_log.clear()\n write(BAD, mode='w')", "*pod.log:1:*AT103*"),
    "not gzip": ("def test(at_log): write(BAD, 'pod.log.gz')", "*cannot be judged: *pod.log.gz: cannot be read*"),
    "broken": ("def test(at_log): write(GOOD[:-9])", "*pod.log:1:*AT00*"),
}


@pytest.mark.parametrize("name", FAILING)
def test_tests_with_faults_fail(pytester: pytest.Pytester, name: str) -> None:
    body, expected = FAILING[name]
    result = ran(pytester, body)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([expected])


def test_what_comes_after_the_test_fails_its_teardown(pytester: pytest.Pytester) -> None:
    result = ran(pytester, "@pytest.fixture\ndef late(at_log):\n yield\n write(BAD)\ndef test(late): pass")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*events that were written after the test, or not yet whole at its end, have faults*", "*pod.log:1:*AT103*"]
    )


@pytest.mark.parametrize("how", [(), ("-s",)])
def test_what_fixtures_print_counts(pytester: pytest.Pytester, how: tuple[str, ...]) -> None:
    body = """
@pytest.fixture
def late(at_log):
    yield
    print(BAD)
@pytest.fixture
def early(at_log):
    print(BAD)
def test_a(late): pass
def test_b(late, capsys): print("x")
def test_c(capsys, late): print("x")
def test_d(early): pass
def test_e(): print("still here")
"""
    result = ran(pytester, body, *how)
    # without capturing nobody hears what is printed before the test begins, or once capsys has put back the screen
    unheard = int("-s" in how)
    result.assert_outcomes(passed=4 + unheard, errors=3 - unheard, failed=1 - unheard)
    result.stdout.fnmatch_lines(["*standard output:1:*AT103*"])


OUTCOMES = """
import unittest
@pytest.mark.xfail
def test_xfailed(at_log): print(BAD)
@pytest.mark.xfail(strict=True)
def test_xfailed_too(at_log): print(BAD)
@pytest.mark.xfail(raises=KeyError)
def test_failed(at_log): print(BAD)
@pytest.mark.xfail(strict=True)
def test_failed_too(at_log): print(GOOD)
def test_skipped(at_log): print(BAD); pytest.skip("no")
class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def log(self, at_log): pass
    def test_failed(self): print(BAD)
    def test_passed(self): print(GOOD)
"""


def test_faults_are_a_failure_like_any_other(pytester: pytest.Pytester) -> None:
    result = ran(pytester, OUTCOMES)
    result.assert_outcomes(xfailed=2, failed=3, skipped=1, passed=1)


def test_a_line_that_two_ways_carry_counts_once(pytester: pytest.Pytester) -> None:
    result = ran(pytester, "def test(at_log):\n at_log.logger('a').info(BAD)\n print(BAD)\n write(BAD)\n"
                 " found = at_log.findings()\n assert len(found) == 1\n assert found[0].place.path == 'pod.log'\n"
                 " at_log.clear()")  # fmt: skip
    result.assert_outcomes(passed=1)


def test_warnings_fail_where_they_are_asked_to(pytester: pytest.Pytester) -> None:
    body = "def test(at_log): write(GOOD.replace('203.0.113.24', '127.0.0.1'))"
    assert ran(pytester, body).ret == 0
    ran(pytester, body, "--at-fail-on=warning").assert_outcomes(failed=1)


def registration(pytester: pytest.Pytester, *actions: str) -> str:
    service = GOOD["meta"]["serviceProviderName"]
    text = f"edition: at-2018\nservice: {{name: {service}}}\nregistrations: []\nactions:\n"
    return str(pytester.makefile(".yaml", at=text + "".join(f"  - {{action: {action}}}\n" for action in actions)))


BOTH = f"def test_a(at_log): write(GOOD)\ndef test_b(at_log): write(GOOD.replace({ACTION!r}, {ACTION + 'd'!r}))\n"


@pytest.mark.parametrize("workers", [(), ("-n2",)])
@pytest.mark.parametrize(
    ("actions", "percent", "code"),
    [
        ((ACTION,), 100, 0),
        ((ACTION, f"{ACTION}d"), 100, 0),
        ((ACTION, "a.b.read"), 50, 0),
        ((ACTION, "a.b.read"), 51, 1),
    ],
)
def test_coverage(
    pytester: pytest.Pytester, workers: tuple[str, ...], actions: tuple[str, ...], percent: int, code: int
) -> None:
    path = registration(pytester, *actions)
    options = ("--at-registration", path, f"--at-coverage-fail-under={percent}", "--at-fail-on=never")
    result = ran(pytester, BOTH, *options, *workers)
    assert result.ret == code, result.stdout.str()
    result.stdout.fnmatch_lines([f"* of {len(actions)} actions seen: *"])
    if code:
        result.stdout.fnmatch_lines(["never seen: a.b.read"])


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--at-coverage-fail-under=5", "atlint: coverage of actions needs a registration"),
        ("--at-coverage-fail-under=500", "500 is no share in percent"),
        ("--at-registration=none.yaml", "atlint: none.yaml: No such file"),
        ("--at-fail-on=x", "atlint: error, warning, info or never is expected, not 'x'"),
        ("--at-edition=at-1999 -n1", "atlint: unknown edition 'at-1999'"),
    ],
)
def test_wrong_options_are_usage_errors(pytester: pytest.Pytester, option: str, said: str) -> None:
    result = ran(pytester, "def test(at_log): pass", *option.split())
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_wrong_configuration_is_told_in_a_sentence(pytester: pytest.Pytester) -> None:
    pytester.makefile(".toml", atlint='edition = "at-2018"\nselect = ["AT999"]')
    result = ran(pytester, "def test_a(at_log): pass\ndef test_b(): pass")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["atlint: *atlint.toml: select.0: unknown rule 'AT999'*"])
    assert "settings.py" not in result.stdout.str()


def test_the_plugin_is_cheap() -> None:
    code = "import sys, atlint.integrations.pytest; print([m for m in sys.modules if m.startswith('atlint.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['atlint.integrations', 'atlint.integrations.pytest']"
