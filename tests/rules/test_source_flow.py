"""What a program writes where: which files, paths, loggers and values are those of events."""

from __future__ import annotations

import ast

import pytest

from atlint.rules.source_flow import Flow
from tests.rules.test_source_code import LOG, told

#: ways to open a file below the log root for writing, and ways that are none
OPENED = [
    *(
        (f"{name}('/var/log/at/a.log', '{mode}')", mode != "r")
        for name in ("open", "io.open", "codecs.open")
        for mode in "wxar"
    ),
    ("open('/var/log/at/a.log', mode='a')", True),
    ("open(file='/var/log/at/a.log', mode='r+')", True),
    ("open('/var/log/at/a.log')", False),
    ("Path('/var/log/at/a.log').open('a')", True),
    ("Path('/var/log/at/a.log').open(mode='w')", True),
    ("Path('/var/log/at/a.log').open('r', 'a')", False),
    ("Path('/var/log/at/a.log').open()", False),
    *(
        (f"os.open('/var/log/at/a.log', os.{flag} | os.O_CREAT)", flag != "O_RDONLY")
        for flag in ("O_WRONLY", "O_RDWR", "O_APPEND", "O_RDONLY")
    ),
    ("logging.FileHandler('/var/log/at/a.log')", True),
    ("logging.handlers.WatchedFileHandler(filename='/var/log/at/a.log')", True),
    ("open('/var/log/other/a.log', 'a')", False),
    ("wrapped(open('/var/log/at/a.log', 'a'))", False),
    ("os.open('/var/log/at/a.log', os.O_RDONLY, mode.O_APPEND)", False),
    ("os.open('/var/log/at/a.log', os.O_RDONLY)", False),
    ("os.fdopen(os.open('/var/log/at/a.log', os.O_WRONLY))", True),
    ("os.fdopen()", False),
]
#: ways to write to it, and ways that write elsewhere
WRITTEN = [
    *((f"f.{name}(text)", True) for name in ("write", "writelines", "write_text", "write_bytes")),
    ("f.read(text)", False),
    ("print(text, file=f)", True),
    ("print(text, f)", False),
    ("os.write(fd, text)", True),
    ("os.write(other, text)", False),
    ("os.fdopen(fd).write(text)", True),
    ("open(fd, 'w').write(text)", True),
    ("Path('/var/log/at/a.log').write_bytes(text)", True),
    ("Path('/elsewhere/a.log').write_bytes(text)", False),
]


def test_a_file_is_a_log_where_it_is_opened_for_writing() -> None:
    found = {}
    for call, _ in OPENED:
        [sink] = Flow(ast.parse(f"f = {call}\nf.write(text)")).sinks()
        found[call] = sink.log
        assert (sink.kind, ast.unparse(sink.call)) == ("write", "f.write(text)")
    assert found == dict(OPENED)


def test_what_is_written_is_found_at_its_call() -> None:
    opened = "f = open('/var/log/at/a.log', 'a')\nfd = os.open('/var/log/at/a.log', os.O_WRONLY)\n"
    found = {}
    for call, _ in WRITTEN:
        logs = [sink for sink in Flow(ast.parse(opened + call)).sinks() if sink.log]
        found[call] = [ast.unparse(sink.call) for sink in logs] == [call]
        assert all([ast.unparse(part) for part in sink.written] == ["text"] for sink in logs)
    assert found == dict(WRITTEN)


@pytest.mark.parametrize("links", [1, 3, 40])
def test_what_stands_behind_names_is_followed_to_an_end(links: int) -> None:
    chain = "".join(f"e{n + 1} = e{n}\n" for n in range(links))
    event = "e0 = {'meta': m, 'payload': p}\n"
    found = told(f"{event}{chain}json.dump(e{links}, file)")
    assert bool(found) is (links < 8)


#: ways to write a path: whether it is below the log root, and there the same in every process
PATHS: list[tuple[str, bool | None]] = [
    ("'/var/log/at/a.log'", True),
    ("'/var/log/at'", True),
    ("'/var/log/at-no-rotate/a.log'", True),
    ("'/var/log/attic/a.log'", None),
    ("'/srv/var/log/at/a.log'", None),
    ("b'/var/log/at/a.log'", None),
    ("'/var/log/at/' + pod", False),
    ("'/var/log/' + 'at/a.log'", None),
    ("'' + '/var/log/at/a.log'", True),
    ("pod + '/var/log/at/a.log'", False),
    ("'/var/log/at/' * 2", None),
    ("f'/var/log/at/a.log'", True),
    ("f'/var/log/at/{pod}.log'", False),
    ("f'/var/log/at/{\"a\"}.log'", True),
    ("os.path.join('/var/log/at', 'a.log')", True),
    ("os.path.join('/var/log/at', pod)", False),
    ("os.path.join('/elsewhere', '/var/log/at')", None),
    ("Path('/var/log/at') / 'a.log'", True),
    ("Path('/var/log/at') / pod", False),
    ("pathlib.Path('/var/log/at', 'a.log')", True),
    ("PurePath('/var/log/at', 'a.log')", True),
    ("PurePath('/var/log/at', pod)", False),
    ("str(Path('/var/log/at/a.log'))", True),
    ("str(Path('/var/log/at') / pod)", False),
    ("Path('/var/log/at').joinpath('a.log')", True),
    ("Path('/var/log/at').joinpath('a', pod)", False),
    ("Path('/var/log/at').with_name('a.log')", None),
    ("other('/var/log/at/a.log')", None),
    ("os.environ['AT_LOG_ROOT'] + '/a.log'", True),
    ("os.environ['AT_LOG_ROOT'] + pod", False),
    ("os.environ['HOME'] + '/a.log'", None),
    ("os.environ[root] + '/a.log'", None),
    ("os.environ.get('AT_LOG_ROOT', '/x') + '/a.log'", True),
    ("os.getenv('AT_LOG_ROOT') + '/a.log'", True),
    ("os.getenv('AT_LOG_ROOT') + pod", False),
    ("os.getenv('HOME') + '/a.log'", None),
    ("os.getenv(root) + '/a.log'", None),
    ("other.get('AT_LOG_ROOT') + '/a.log'", None),
]


def test_a_path_is_followed_to_the_log_root() -> None:
    found = {}
    for path, _ in PATHS:
        flow = Flow(ast.parse(f"open({path}, 'a')"))
        known = flow.log_path(flow.calls[0].args[0])
        found[path] = known.constant if known else None
        assert bool(told(f"open({path}, 'a')")) is (found[path] is True)
    assert found == dict(PATHS)


@pytest.mark.parametrize("links", [1, 7, 40])
def test_a_path_is_followed_through_names_to_an_end(links: int) -> None:
    chain = "".join(f"p{n + 1} = p{n}\n" for n in range(links))
    assert bool(told(f"p0 = '/var/log/at/a.log'\n{chain}open(p{links}, 'a')")) is (links < 8)


#: ways to come by a logger named `log`, and whether its lines are events
LOGGERS = [
    *(
        (f"log = logging.getLogger('{name}')", is_log)
        for name, is_log in [
            ("at", True),
            ("audit", True),
            ("my.audit.trail", True),
            ("AUDIT", True),
            ("activity-tracker", True),
            ("activity.tracker", True),
            ("activitytracker", True),
            ("kms_audit", True),
            ("auditing", False),
            ("data", False),
            ("kms", False),
            ("", False),
        ]
    ),
    ("log = logging.getLogger(name='audit')", True),
    ("log = logging.getLogger(name='kms')", False),
    ("log = logging.getLogger(other='audit')", False),
    ("log = logging.getLogger(audit)", False),
    ("log = logging.getLogger(b'audit')", False),
    ("log = logging.getLogger()", False),
    ("log = logging.getLogger", False),
    ("from logging import getLogger\nlog = getLogger('audit')", True),
    ("from logging import getLogger as g\nlog = g('audit')", True),
    ("log = structlog.get_logger('audit')", False),
    ("log = None\nlog = logging.getLogger('audit')", True),
    ("log = logging.getLogger('kms')\nlog = logging.getLogger('audit')", True),
    ("log = logger = logging.getLogger('kms')\nlog.addHandler(logging.FileHandler('/var/log/at/a.log'))", True),
    ("log = logging.getLogger('kms')\nh = logging.FileHandler('/var/log/at/a.log')\nlog.addHandler(h)", True),
    ("log = logging.getLogger('kms')\nlog.addHandler(logging.FileHandler('/var/log/a.log'))", False),
    ("log = logging.getLogger('kms')\nlog.addHandler(logging.StreamHandler())", False),
    ("log = logging.getLogger('kms')\nlog.addHandler()", False),
    ("log = logging.getLogger('kms')\nlog.removeHandler(logging.FileHandler('/var/log/at/a.log'))", False),
    ("log = logging.getLogger('kms')\nother.addHandler(logging.FileHandler('/var/log/at/a.log'))", False),
    ("log = logging.getLogger('kms')\naddHandler(logging.FileHandler('/var/log/at/a.log'))", False),
]


def test_a_logger_is_one_of_events_by_its_name_or_its_handler() -> None:
    found = {}
    for made, _ in LOGGERS:
        [sink] = [sink for sink in Flow(ast.parse(f"{made}\nlog.info(text, more)")).sinks() if sink.kind == "logger"]
        found[made] = sink.log
        assert [ast.unparse(part) for part in sink.written] == ["text", "more"]
    assert found == dict(LOGGERS)


CALLS = [
    *((f"log.{name}(text)", ["logger"]) for name in ("debug", "info", "warning", "warn", "error", "critical")),
    ("log.exception(text)", ["logger"]),
    ("log.log(20, text)", ["logger"]),
    ("f.write(text)", ["write"]),
    ("os.write(fd, text)", ["write"]),
    ("print(text, file=f)", ["print"]),
    ("log.info()", []),
    ("log.setLevel(text)", []),
    ("math.log(text)", []),
    ("info(text)", []),
    ("print(text)", []),
    ("f.flush(text)", []),
]


def test_a_logger_need_not_have_a_name_of_its_own() -> None:
    for name in ("kms", "audit"):
        [sink] = Flow(ast.parse(f"logging.getLogger('{name}').info(text)")).sinks()
        assert sink.log is (name == "audit")


def test_which_calls_write() -> None:
    assert {call: [sink.kind for sink in Flow(ast.parse(call)).sinks()] for call, _ in CALLS} == dict(CALLS)


#: what an event is: `e`, as `json.dump(e, file)` would write it
EVENTS = [
    ("e = {'meta': m, 'payload': p}", True),
    ("e = {'logSourceCRN': c, 'payload': p}", True),
    ("e = {'payload': p}", False),
    ("e = {'meta': m, 'logSourceCRN': c}", False),
    ("e = {'meta': m, 'payloads': p}", False),
    ("e = {meta: m, payload: p}", False),
    ("e = {b'meta': m, b'payload': p}", False),
    ("e = {'meta': m, 'payload': p, **more}", True),
    ("e = dict(meta=m, payload=p)", True),
    ("e = dict(payload=p, **more)", False),
    ("e = Event(meta=m, payload=p)", True),
    ("e = {'action': a, 'outcome': o, 'severity': s, 'eventTime': t}", True),
    ("e = {'initiator': a, 'target': o, 'reason': s, 'eventTime': t}", True),
    ("e = {'action': a, 'outcome': o, 'severity': s}", False),
    ("e = {'action': a, 'outcome': o, 'severity': s, 'other': t}", False),
    ("d = {'meta': m, 'payload': p}\ne = d", True),
    ("e = None\ne = {'meta': m, 'payload': p}", True),
    ("def f():\n    return {'meta': m, 'payload': p}\ne = f()", True),
    ("async def f():\n    return {'meta': m, 'payload': p}\ne = f()", True),
    ("def f():\n    if x:\n        return None\n    return {'meta': m, 'payload': p}\ne = f()", True),
    ("def f():\n    if x:\n        return\n    else:\n        return {'meta': m, 'payload': p}\ne = f()", True),
    ("def f():\n    e = {'meta': m, 'payload': p}\n    return e\ne = f()", True),
    ("def g():\n    return {'meta': m, 'payload': p}\ndef f():\n    return g()\ne = f()", True),
    ("def f():\n    return {'meta': m, 'payload': p}\ne = f", False),
    ("def f():\n    return {'meta': m, 'payload': p}\nf = g\ne = f()", False),
    ("def f():\n    def g():\n        return {'meta': m, 'payload': p}\n    return 1\ne = f()", False),
    ("def f():\n    class C:\n        def g(self):\n            return {'meta': m, 'payload': p}\ne = f()", False),
    ("def f():\n    yield {'meta': m, 'payload': p}\ne = f()", False),
    ("class f:\n    pass\ne = f()", False),
    ("e = [{'meta': m, 'payload': p}]", False),
    ("e = g({'meta': m, 'payload': p})", False),
]


def test_what_an_event_is() -> None:
    dumped = {made: [case for _, case, _ in told(f"{made}\njson.dump(e, file)")] for made, _ in EVENTS}
    assert dumped == {made: ["dump"] if is_event else [] for made, is_event in EVENTS}
    written = {made: [code for code, _, _ in told(f"{made}\nf.write(json.dumps(e))")] for made, _ in EVENTS}
    assert written == {made: ["AT806"] if is_event else [] for made, is_event in EVENTS}


@pytest.mark.parametrize("links", [1, 7, 40])
def test_functions_and_names_are_followed_to_an_end(links: int) -> None:
    returns = "".join(f"def f{n + 1}():\n    return f{n}()\n" for n in range(links))
    names = "".join(f"s{n + 1} = s{n}\n" for n in range(links))
    event = "def f0():\n    return {'meta': m, 'payload': p}\n"
    line = "def f0():\n    return json.dumps(e)\n"
    for text in (
        f"{event}{returns}json.dump(f{links}(), file)",
        f"{LOG}{line}{returns}f.write(f{links}())",
        f"{LOG}s0 = json.dumps(e)\n{names}f.write(s{links})",
    ):
        assert bool(told(text)) is (links < 8)


#: modules in which names and functions lead to one another in ways without number, and what is told of each
TANGLED = {
    "rebound": (f"{LOG}line = json.dumps(e)\n" + "line = join(line, line, line)\n" * 40 + "f.write(line)", ["AT806"]),
    "aliases": ("a = b\nb = a\n" * 40 + "json.dump(b, file)", []),
    "returns": (
        "def a():\n" + " return b()\n" * 40 + "def b():\n" + " return a()\n" * 40 + "json.dump(b(), file)",
        [],
    ),
    "files": ("a = os.fdopen(b)\nb = os.fdopen(a)\na.write(json.dumps(e))", []),
    "texts": (
        "".join(f"p{n} = f'{f'{{p{n + 1}}}' * 5_000}'\n" for n in range(2))
        + "p2 = 'x'\nopen(f'/var/log/at/{p0}', 'a')",
        ["AT801"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TANGLED)
def test_each_way_is_followed_once(name: str) -> None:
    """Each would take longer than anybody waits, or more calls within calls than Python makes."""
    text, said = TANGLED[name]
    assert [code for code, _, _ in told(text)] == said


def test_every_import_is_remembered() -> None:
    flow = Flow(
        ast.parse(
            "import a.b as c\nimport d\nimport e as f, g as h\nfrom i import j\nfrom k import l as m\nfrom . import n"
        )
    )
    assert flow.imported == {"c": "a.b", "f": "e", "h": "g", "j": "i.j", "m": "k.l"}
