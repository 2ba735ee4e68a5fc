"""What the checks of programs tell apart: how a time and a line are made, and where they are written."""

from __future__ import annotations

import ast

import pytest

from atlint.rules.source_checks import check
from tests.rules.test_source_code import LOG, told

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


def test_flow() -> None:
    assert {text: sorted(told(text)) for text, _ in CASES} == {text: sorted(expected) for text, expected in CASES}


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
    ("now.strftime('%Y')", "strftime"),
    ("now.strftime('%d/%m/%Y %H:%M')", "strftime"),
    ("now.strftime('%Y-%m-%dT%H:%M:%SZ')", "strftime"),
    ("now.strftime('%Y-%m-%dT%H:%M:%S.%f%z')", "strftime"),
    ("time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())", "strftime"),
    ("now.strftime('%Y-%m-%dT%H:%M:%S.00%z')", ""),
    ("now.strftime('%Y-%m-%dT%H:%M:%S.00+0000')", ""),
    ("now.strftime('%Y-%m-%dT%H:%M:%S.%f')[:22] + '+0000'", ""),
    ("now.strftime('%Y-%m-%dT%H:%M:%S.00') + '+0000'", ""),
    ("now.strftime(form)", ""),
    ("now.strftime()", ""),
    ("f'{now:%Y-%m-%d}'", "strftime"),
    ("f'{now:%Y-%m-%dT%H:%M:%S.00+0000}'", ""),
    ("f'{now:>30}'", ""),
    ("f'{now:{form}}'", ""),
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
    ("f'{datetime.now():%Y}'", "strftime"),
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
