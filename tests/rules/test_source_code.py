"""How programs write their events: the checks over syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from atlint.rules.rule import Rule
from atlint.rules.source_checks import check
from atlint.rules.source_code import RULES
from atlint.rules.source_flow import Flow
from atlint.rules.source_names import names_of

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "rules"
#: how often each bad fixture shows its rule: every way in it is found
WAYS = {"AT801": 5, "AT802": 5, "AT803": 4, "AT804": 2, "AT805": 3, "AT806": 2}


def told(text: str) -> list[tuple[str, str, int]]:
    return [(problem.code, problem.case, node.lineno) for problem, node in check(ast.parse(text))]  # type: ignore[attr-defined]  # every node told of has a place


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_way_to_break_a_rule_is_found(rule: Rule) -> None:
    found = told((FIXTURES / rule.code / "bad.py").read_text())
    assert {code for code, _, _ in found} - {"AT806"} <= {rule.code}
    assert sum(code == rule.code for code, _, _ in found) == WAYS[rule.code]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_near_neighbours_are_left_alone(rule: Rule) -> None:
    assert told((FIXTURES / rule.code / "good.py").read_text()) == []


LOG = "f = open(f'/var/log/at/{pod}.log', 'a')\n"
CASES = [
    (LOG + "f.write(json.dumps(e, allow_nan=True))", [("AT806", "", 2)]),
    ("import json as j\n" + LOG + "f.write(j.dumps(e))", [("AT806", "", 3)]),
    ("import ujson as json\n" + LOG + "f.write(json.dumps(e))", []),
    (LOG + "f.write(orjson.dumps(e, option=orjson.OPT_INDENT_2))", [("AT803", "", 2)]),
    ("with open('/var/log/at/a.log', 'a') as f:\n    json.dump(e, f)", [("AT801", "", 1), ("AT805", "dump", 2)]),
    ("def f(p):\n    with open(p, 'w') as f:\n        json.dump(e, f)", []),
    ("e = {'meta': m, 'payload': p}\nb = io.StringIO()\njson.dump(e, b)", []),
    ("e = {'meta': m, 'payload': p}\njson.dump(e, file)", [("AT805", "dump", 2)]),
    ("e = {'meta': m, 'payload': p}\nprint(json.dumps(e, allow_nan=False), file=sys.stderr)", []),
    ("fd = os.open(f'/var/log/at/{p}.log', os.O_WRONLY)\nos.write(fd, json.dumps(e).encode())", [("AT806", "", 2)]),
    ("def f(path):\n    path = path + 'x'\n    open(path, 'a')", []),
    ("open(a, b).open(c)(d)(*e, **f)", []),
    ("def a():\n    return b()\ndef b():\n    return a()\n" + LOG + "f.write(json.dumps(a(), allow_nan=False))", []),
    ("a = b\nb = a\n" + LOG + "f.write(a)", []),
    ("import xml.dom as json\n" + LOG + "f.write(json.dumps(e))", []),
    ("import os.path\n" + LOG + "f.write(os.linesep)", []),
]
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


def test_flow() -> None:
    assert {text: sorted(told(text)) for text, _ in CASES} == {text: sorted(expected) for text, expected in CASES}


#: statements that bind `p` once more, in its own scope: what it stands for is not certain any longer
BOUND_AGAIN = [
    "p = q",
    "p: str = q",
    "q = p = r",
    "p += q",
    "del p",
    "(p := q)",
    "p, q = r",
    "[q, p] = r",
    "for p in q: pass",
    "for q, p in r: pass",
    "[q for p in r]",
    "with q as p: pass",
    "with q as (p, r): pass",
    "import p",
    "import p.q",
    "import q as p",
    "from q import p",
    "from q import r as p",
    "def p(): pass",
    "async def p(): pass",
    "class p: pass",
    "try: pass\nexcept OSError as p: pass",
    "match q:\n    case p: pass",
    "match q:\n    case [r] as p: pass",
    "match q:\n    case [*p]: pass",
    "match q:\n    case {**p}: pass",
]
#: statements that bind another name, or `p` in another scope
BOUND_ELSEWHERE = [
    "q = p",
    "p.q = r",
    "p[q] = r",
    "q[p] += r",
    "del p.q",
    "del p[q]",
    "p: str",
    "for p.q in r: pass",
    "for q in p: pass",
    "[p for q in r]",
    "with p: pass",
    "with p as q: pass",
    "import q.p",
    "import p as q",
    "from p import q",
    "from q import p as r",
    "def f(p): pass",
    "def f(*p): pass",
    "def f(): p = q",
    "lambda p: q",
    "class C: p = q",
    "try: pass\nexcept OSError: p",
    "match q:\n    case _: p",
]


def constant_beside(statement: str) -> list[list[tuple[str, str]]]:
    """What is told of a file at `p`, with the statement behind the one that binds it, and before."""
    bound = "p = '/var/log/at/a.log'\n"
    texts = (f"{bound}{statement}\nopen(p, 'a')", f"{statement}\n{bound}open(p, 'a')")
    return [[(code, case) for code, case, _ in told(text)] for text in texts]


def test_a_name_that_is_bound_again_is_no_constant() -> None:
    assert {each: constant_beside(each) for each in BOUND_AGAIN} == {each: [[], []] for each in BOUND_AGAIN}


def test_a_name_that_is_bound_once_is_a_constant() -> None:
    once = [[("AT801", "")]] * 2
    assert {each: constant_beside(each) for each in BOUND_ELSEWHERE} == dict.fromkeys(BOUND_ELSEWHERE, once)


ATTRIBUTE = "class C:\n    def g(self):\n        self.p = '/var/log/at/a.log'\n"
#: programs in which a name is looked for from within a scope, and whether it is the same in every process
SEEN = [
    ("p = '/var/log/at/a.log'\ndef f():\n    open(p, 'a')", True),
    ("def f():\n    p = '/var/log/at/a.log'\n    def g():\n        open(p, 'a')", True),
    ("def f():\n    p = '/var/log/at/a.log'\nopen(p, 'a')", False),
    ("p = '/var/log/at/a.log'\ndef f(p):\n    open(p, 'a')", False),
    ("p = q\ndef f():\n    p = '/var/log/at/a.log'\n    open(p, 'a')", True),
    ("def f():\n    global p\n    p = '/var/log/at/a.log'\n    open(p, 'a')", False),
    (
        "def f():\n    p = q\n    def g():\n        nonlocal p\n        p = '/var/log/at/a.log'\n        open(p, 'a')",
        False,
    ),
    ("class C:\n    p = '/var/log/at/a.log'\n    open(p, 'a')", True),
    ("class C:\n    p = '/var/log/at/a.log'\n    def f(self):\n        open(p, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nopen(C.p, 'a')", True),
    ("class C:\n    p = '/var/log/at/a.log'\n    p = q\nopen(C.p, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nopen(C.q, 'a')", False),
    ("class C:\n    p = '/var/log/at/a.log'\nC = D\nopen(C.p, 'a')", False),
    ("class C(enum.Enum):\n    P = '/var/log/at/a.log'\nopen(C.P.value, 'a')", True),
    ("class C(enum.Enum):\n    P = '/var/log/at/a.log'\nopen(C.P.name, 'a')", False),
    (
        ATTRIBUTE + "    def f(self):\n        open(self.p, 'a')",
        True,
    ),
    (
        ATTRIBUTE + "    def f(self, p):\n        self.p = p\n        open(self.p, 'a')",
        False,
    ),
    (
        ATTRIBUTE.replace("self.p", "self.a.p") + "    def f(self):\n        open(self.a.p, 'a')",
        False,
    ),
    ("def f(self):\n    open(self.p, 'a')", False),
    ("open(p, 'a')", False),
]


def test_a_name_is_looked_for_where_python_looks() -> None:
    found = {text: [code for code, _, _ in told(text)] for text, _ in SEEN}
    assert found == {text: ["AT801"] if constant else [] for text, constant in SEEN}


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


def test_which_calls_write() -> None:
    assert {call: [sink.kind for sink in Flow(ast.parse(call)).sinks()] for call, _ in CALLS} == dict(CALLS)


NOW = "import datetime as dt, time\nfrom datetime import datetime\n"
#: what is given to eventTime, and in which wrong way it was made
TIMES = [
    ("dt.datetime.now().isoformat()", "isoformat"),
    ("dt.datetime.now(dt.UTC).isoformat(timespec='milliseconds')", "isoformat"),
    ("now.isoformat() + 'Z'", "isoformat"),
    ("now.isoformat() - offset", ""),
    ("'T' + now.isoformat()", ""),
    ("now.isoformat().replace('+00:00', 'Z')", "isoformat"),
    ("now.isoformat().rstrip('0')", "isoformat"),
    ("now.isoformat().removesuffix('+00:00') + 'Z'", "isoformat"),
    ("now.isoformat().strip()", ""),
    ("now.isoformat()[:-4]", ""),
    ("mended(now.isoformat())", ""),
    ("now.strftime('%Y')", ""),
    ("now.timestamp()", "clock"),
    ("time.time()", "clock"),
    ("time.time_ns()", "clock"),
    ("time.time() * 1000", "clock"),
    ("time.time_ns() // 1000", "clock"),
    ("time.time() % 1000", ""),
    ("1000 * time.time()", ""),
    ("int(time.time())", "clock"),
    ("round(time.time() * 1000)", "clock"),
    ("float(time.time())", "clock"),
    ("int()", ""),
    ("abs(time.time())", ""),
    ("time.monotonic()", ""),
    ("str(time.time())", "clock"),
    ("str(int(time.time()))", "clock"),
    ("f'{time.time()}'", "clock"),
    ("str(datetime.now())", "str"),
    ("str(datetime.utcnow())", "str"),
    ("str(datetime.today())", "str"),
    ("str(datetime.fromtimestamp(t))", "str"),
    ("str(datetime.utcfromtimestamp(t))", "str"),
    ("f'{datetime.now()}'", "str"),
    ("f'{datetime.now():%Y}'", ""),
    ("f'{datetime.now()}Z'", ""),
    ("f'{datetime.now()!r}'", ""),
    ("str(datetime(2018, 11, 29))", ""),
    ("str(t)", ""),
    ("str(now())", ""),
    ("str(datetime.now(), 'ascii')", ""),
    ("repr(datetime.now())", ""),
    ("'2018-11-29T08:14:52.07+0000'", ""),
    ("t", ""),
]


def test_how_an_event_time_is_made() -> None:
    for given in (
        "e = {'eventTime': TIME}",
        "e = dict(eventTime=TIME)",
        "e['eventTime'] = TIME",
        "e.eventTime = TIME",
        "t = TIME\ne.eventTime = t",
    ):
        texts = {value: NOW + given.replace("TIME", value) for value, _ in TIMES}
        found = {value: [(code, case) for code, case, _ in told(text)] for value, text in texts.items()}
        assert found == {value: [("AT802", case)] if case else [] for value, case in TIMES}, given
    for other in ("e = {'observed': TIME}", "e = dict(observed=TIME)", "e['observed'] = TIME", "e.observed = TIME"):
        assert [value for value, _ in TIMES if told(NOW + other.replace("TIME", value))] == []


@pytest.mark.parametrize("made", ["datetime.now()", "time.time()", "t"])
def test_an_instant_behind_a_name_is_known(made: str) -> None:
    case = {"datetime.now()": ["str"], "time.time()": [], "t": []}[made]
    assert [said for _, said, _ in told(f"{NOW}u = {made}\ne['eventTime'] = str(u)")] == case


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


#: what is written to a log of events, and what is said of it: code, and the text of the place
LINES = [
    ("f.write(json.dumps(e, allow_nan=False))", []),
    ("f.write(json.dumps(e))", [("AT806", "json.dumps(e)")]),
    ("f.write(json.dumps(e, allow_nan=True))", [("AT806", "json.dumps(e, allow_nan=True)")]),
    ("f.write(json.dumps(e, sort_keys=True))", [("AT806", "json.dumps(e, sort_keys=True)")]),
    ("f.write(json.dumps(e, sort_keys=True, allow_nan=False))", []),
    ("f.write(json.dumps(e, allow_nan=nan))", []),
    ("f.write(json.dumps(e, allow_nan=1))", []),
    ("f.write(json.dumps(e, **options))", []),
    ("f.write(simplejson.dumps(e))", []),
    *(
        (f"f.write({name}.dumps(e, allow_nan=False, indent=2))", [("AT803", "2")])
        for name in ("json", "simplejson", "ujson", "rapidjson")
    ),
    ("f.write(yaml.dumps(e, indent=2))", []),
    ("f.write(json.dumps(e, allow_nan=False, indent=None))", []),
    ("f.write(json.dumps(e, allow_nan=False, indent=0))", [("AT803", "0")]),
    ("f.write(json.dumps(e, allow_nan=False, indent=n))", [("AT803", "n")]),
    *((f"f.write(pprint.{name}(e))", [("AT803", f"pprint.{name}(e)")]) for name in ("pformat", "pp", "pprint")),
    ("f.write(pprint.saferepr(e))", []),
    ("f.write(orjson.dumps(e))", []),
    ("f.write(orjson.dumps(e, option=orjson.OPT_SORT_KEYS))", []),
    (
        "f.write(orjson.dumps(e, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))",
        [("AT803", "orjson.dumps(e, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)")],
    ),
    ("f.write(json_format.MessageToJson(e))", [("AT804", "json_format.MessageToJson(e)")]),
    (
        "f.write(json.dumps(MessageToDict(e), allow_nan=False))",
        [("AT804", "MessageToDict(e)")],
    ),
    ("f.write(e.SerializeToString())", []),
    ("f.write(json.dumps(e, allow_nan=False) + '\\n')", []),
    ("f.write(json.dumps(e) + '\\n')", [("AT806", "json.dumps(e)")]),
    ("f.write(f'{json.dumps(e)}\\n')", [("AT806", "json.dumps(e)")]),
    ("s = json.dumps(e)\nf.write(s)", [("AT806", "json.dumps(e)")]),
    ("s = json.dumps(e)\ns = s + '\\n'\nf.write(s)", [("AT806", "json.dumps(e)")]),
    ("def g():\n    return json.dumps(e)\nf.write(g())", [("AT806", "json.dumps(e)")]),
    ("f.writelines([json.dumps(e)])", [("AT806", "json.dumps(e)")]),
    ("other.write(json.dumps(e))", []),
    ("json.dumps(e)", []),
    ("json.dump(e, f)", [("AT805", "json.dump(e, f)")]),
    ("json.dump(e, f, indent=2)", [("AT803", "2")]),
    ("json.dump(e)", []),
    ("json.dump(e, other)", []),
    ("json.load(e, f)", []),
    ("print(text, file=f)", [("AT805", "print(text, file=f)")]),
    ("print(text, file=other)", []),
    ("f.write(text)\nf.write('\\n')", [("AT805", "f.write(text)")]),
    ("f.write(text)\nf.write(b'\\n')", [("AT805", "f.write(text)")]),
    ("f.write(text)\nf.write(' ')", []),
    ("f.write(text)\nf.write(end)", []),
    ("f.write('\\n')\nf.write(text)", []),
    ("f.write(text)\nother.write('\\n')", []),
    ("other.write(text)\nf.write('\\n')", []),
    ("f.write(text)\nx = 1\nf.write('\\n')", []),
    ("x = f.write(text)\nf.write('\\n')", []),
    ("x\nf.write(text)\nf.write('\\n')", [("AT805", "f.write(text)")]),
    ("x = 1\nx = 2\nf.write(text)\nf.write('\\n')", [("AT805", "f.write(text)")]),
    ("f.write(text)\nf.write('a')\nf.write('\\n')", [("AT805", "f.write('a')")]),
    ("if x:\n    f.write(text)\n    f.write('\\n')", [("AT805", "f.write(text)")]),
    ("if x:\n    pass\nelse:\n    f.write(text)\n    f.write('\\n')", [("AT805", "f.write(text)")]),
    ("def g():\n    f.write(text)\n    f.write('\\n')", [("AT805", "f.write(text)")]),
    ("if x:\n    f.write(text)\nf.write('\\n')", []),
    ("h = lambda: f.write(text)", []),
]


def test_how_a_line_is_made_and_written() -> None:
    found = {}
    for text, _ in LINES:
        problems = list(check(ast.parse(LOG + text)))
        found[text] = sorted((problem.code, ast.unparse(node)) for problem, node in problems)
        for problem, _ in problems:
            assert problem.pointer == ""
            assert (problem.case in {"dump", "print", "two-writes"}) is (problem.code == "AT805")
            assert problem.case or problem.code != "AT805"
    assert found == {text: sorted(expected) for text, expected in LINES}


#: where an event is printed to, or dumped, that may be a file
STREAMS = [
    ("file=f", True),
    ("file=sys.stdout", False),
    ("file=sys.stderr", False),
    ("file=sys.stdin", True),
    ("file=io.StringIO()", False),
    ("file=BytesIO()", False),
    ("file=buffer", False),
    ("file=out", False),
    ("file=self.stream", True),
    ("flush=True", False),
]


def test_an_event_that_is_printed_into_a_file_is_torn() -> None:
    head = "from sys import stdout as out\nbuffer = io.StringIO()\ne = {'meta': m, 'payload': p}\n"
    torn = {stream: [("AT805", "print", 4)] if told_of else [] for stream, told_of in STREAMS}
    for line in ("json.dumps(e, allow_nan=False)", "simplejson.dumps(e)", "x, ujson.dumps(e)"):
        assert {stream: told(f"{head}print({line}, {stream})") for stream in torn} == torn, line
    for line in ("e", "'x'", "json.dumps({}, allow_nan=False)", "json.dumps()", "yaml.dumps(e)"):
        assert [stream for stream in torn if ("AT805", "print", 4) in told(f"{head}print({line}, {stream})")] == []
    dumped = {stream: bool(told(f"{head}json.dump(e, {stream[5:]})")) for stream in torn if stream[:5] == "file="}
    assert dumped == {stream: told_of for stream, told_of in STREAMS if stream[:5] == "file="}


#: events that are changed behind the place where they are made: name, and the keys to what is changed
UNKNOWN: list[tuple[str | None, ...]] = [(None,)]
CHANGES: list[tuple[str, list[tuple[str | None, ...]]]] = [
    ("e['a'] = 1", [("a",)]),
    ("e['a']['b'] = 1", [("a", "b")]),
    ("e[k]['b'] = 1", [(None, "b")]),
    ("e[0] = 1", [(None,)]),
    ("del e['a']", [("a",)]),
    ("e['a'] += 1", [("a",), ("a", None)]),
    ("e |= more", [(None,)]),
    *((f"e.{name}(x)", UNKNOWN) for name in ("update", "setdefault", "pop", "popitem", "clear", "__setitem__")),
    ("e['a'].update(x)", [("a", None)]),
    ("e.get(x)", []),
    ("x = e['a']", []),
    ("other['a'] = 1", []),
    ("f(e)['a'] = 1", []),
    ("def f():\n    e['a'] = 1", [("a",)]),
    ("def f(e):\n    e['a'] = 1", []),
]


def test_what_is_changed_of_a_named_object() -> None:
    found = {}
    for text, _ in CHANGES:
        names = names_of(ast.parse(f"e = {{}}\n{text}"))
        found[text] = sorted(names.module.changes_of("e"), key=repr)
        assert names.module.changes_of("unbound") == ()
    assert found == {text: sorted(paths, key=repr) for text, paths in CHANGES}


def test_an_attribute_belongs_to_the_module_of_its_class() -> None:
    names = names_of(ast.parse("class C:\n    def f(self):\n        self.e = {}\n        self.e['a'] = 1"))
    assert names.module.changes_of("self.e") == (("a",),)


def test_every_import_is_remembered() -> None:
    flow = Flow(
        ast.parse(
            "import a.b as c\nimport d\nimport e as f, g as h\nfrom i import j\nfrom k import l as m\nfrom . import n"
        )
    )
    assert flow.imported == {"c": "a.b", "f": "e", "h": "g", "j": "i.j", "m": "k.l"}
