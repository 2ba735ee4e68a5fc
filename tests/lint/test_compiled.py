"""The compiled half of the acceptor: it agrees with the pure one, and bears whatever it is given."""

from __future__ import annotations

import copy
import json
import random
import tracemalloc
from array import array
from collections.abc import Callable, Sequence
from itertools import compress
from math import nan
from typing import Any

import pytest

from atlint.lint import acceptor_program
from atlint.lint.accept import acceptor_of, compile_parts
from atlint.lint.acceptor_columns import Judge as Columns
from atlint.lint.acceptor_compiled import Compiled, compiled
from atlint.lint.clean import Clean
from atlint.lint.engine import Judge
from atlint.lint.explain import Explainer
from atlint.lint.rows import Fact
from atlint.model import Line
from atlint.plan import EDITIONS, Plan
from atlint.plan.registration import Registration
from atlint.rules.selection import Choice
from tests.lint.edges import NOW, PIECES, REGISTERED, breakings, lines, mutated, plan_of
from tests.lint.test_accept import GOOD

_scan = pytest.importorskip("atlint.lint._scan")

HOSTILE = [
    *PIECES, b"\\u0000", b"\\udc00", b"\\ud83d\\ude00", b"\\/", b"\\x", b"\\u00", b"\\\xc3\xa9", b"\x00", b"\x7f",
    b"\xc0\xaf", b"\xf0\x80\x80\xaf", b"\xf4\x90\x80\x80", b"\xc3\xa9", b"\x0b", b",}", b"[" * 100, b'{"a":' * 95,
    b"1E400", b"-0", b"01", b"9" * 4400, b"a" * 600, b"-8000-8000-",
]  # fmt: skip
DATA = (
    "", "{}", "[1]", "null", '"x"', '{"a":1}', '{"a":1,"a":1}', '{"a":{"b":1}}', '{"a":1,}', '{"a":01}', '{"a":-0.0}',
    '{"a":1E400}', '{"a":9223372036854775808}', '{"a":"\\u0022"}', '{"\\u0061":1,"a":2}', '{"a":"é"}', '{"a":"\x7f"}',
    ' {"a" : true , "b":null } ', '{"a":1}{"b":1}', '{"a":-}', '{"password":"S3cure!x"}', "[" * 120 + "]" * 120,
    "{" + ",".join(f'"k{number}":1' for number in range(33)) + "}",
)  # fmt: skip
TAILS = (
    "", ":", "::", "secrets", "7f", "0123" + "b" * 20, "é", "🎉" * 20 + "1234", "a@b.example.com", "0" * 600, "x/y",
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    "", " ", "é", "\x7f", "b" * 501, 'a"b', "a\\b", "0f9d1b6a-52c3-8000-8000-6be0c97d2f11",
    "2018-11-29T08:14:60.07+0000", "2018-11-29T24:00:00.00+0000", "2018-11-29T08:+4:52.07+0000", None, True, 0, 200.0,
    2**64, [], ["x"], {}, {"a": 1},
)  # fmt: skip


def made(plan: Plan, *, facts: bool = True) -> Compiled:
    parts = compile_parts(plan, NOW)
    assert parts is not None
    found = compiled(parts, Columns(parts), facts=facts)
    assert found is not None
    return found


def hostile(raw: bytes, draw: random.Random) -> bytes:
    """A line with one or two of its values changed, or of its bytes, or with a part twice, or cut off."""
    turn = draw.randrange(5)
    if turn < 3:
        return json.dumps(changed(json.loads(raw), draw), ensure_ascii=draw.random() < 0.5).encode()
    at = draw.randrange(len(raw))
    if turn == 3:
        parts = raw.split(b",")
        parts.insert(draw.randrange(len(parts)), draw.choice(parts))
        return draw.choice(
            [b",".join(parts), raw[:at], raw[:at] + bytes([raw[at] ^ 1 << draw.randrange(8)]) + raw[at + 1 :]]
        )
    return raw[:at] + draw.choice(HOSTILE) + raw[at + draw.randrange(3) :]


def changed(event: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    for _ in range(draw.randint(1, 2)):
        box: Any = event
        while (inner := [child for child in box.values() if isinstance(child, dict) and child]) and draw.random() < 0.7:
            box = draw.choice(inner)
        key = draw.choice(list(box))
        value = copy.deepcopy(draw.choice(OTHERS))
        if "Data" in key:
            value = draw.choice(DATA)
        elif isinstance(box[key], str) and box[key].startswith("crn:"):
            value = ":".join([*box[key].split(":")[:-3], *draw.choices(TAILS, k=3)])
        box[key] = value
    return event


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("registration", [None, REGISTERED], ids=["alone", "registered"])
@pytest.mark.parametrize("choice", [Choice(select=("ALL",)), Choice(ignore=("AT1", "AT2"))], ids=["all", "some"])
def test_compiled_and_pure_agree(edition: str, registration: Registration | None, choice: Choice) -> None:
    plan, draw = plan_of(edition, choice, registration), random.Random(f"{edition}{registration}{choice}")
    quick, bare, explainer = made(plan), made(plan, facts=False), Explainer(plan, NOW)
    pure = acceptor_of(compile_parts(plan, NOW), quickly=False)
    raws = lines(plan, draw, 12) + breakings(plan, draw, 4)
    fine = [raws[number] for number in pure(raws).numbers]
    raws += [hostile(draw.choice(fine), draw).replace(b"\n", b"") for _ in range(600)]
    raws += [mutated(draw.choice(fine), draw) for _ in range(100)]
    for batch in (raws, raws[::-1]):  # the second time from memory
        one, other, third = quick.accept(batch), pure(batch), bare.accept(batch)
        assert len(one.numbers) > len(fine)
        assert (list(third.numbers), third.actions) == (list(one.numbers), one.actions)
        assert agreeing(one, other) >= len(fine)
        for number in one.numbers:
            assert explainer.explain(Line("-", 1, 0, batch[number])).problems == (), batch[number]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("registration", [None, REGISTERED], ids=["alone", "registered"])
@pytest.mark.parametrize("choice", [Choice(select=("ALL",)), Choice(ignore=("AT1", "AT2"))], ids=["all", "some"])
def test_where_nothing_is_doubted_nothing_is_told(
    edition: str, registration: Registration | None, choice: Choice
) -> None:
    plan, draw = plan_of(edition, choice, registration), random.Random(f"{edition}{registration}{choice}")
    judge, explainer = Judge(plan, NOW), Explainer(plan, NOW)
    fine = [raw for raw in lines(plan, draw, 12) if judge.accept((raw,)).numbers]
    raws = [hostile(draw.choice(fine), draw).replace(b"\n", b"") for _ in range(400)] + breakings(plan, draw, 4)
    doubted = 0
    for batch in (raws, raws[::-1]):  # the second time from memory
        doubts = judge.accept(batch).doubts
        doubted += len(doubts)
        for number, its in doubts.items():
            line = Line("-", 1, 0, batch[number])
            assert judge.explainer.explain(line, its).problems == explainer.explain(line).problems, line.raw
    assert doubted > len(raws) / 2


def test_doubts_name_what_is_odd() -> None:
    judge = Judge(plan_of("at-2018", Choice()), NOW)
    raws = [
        GOOD.encode(),
        GOOD.replace('"eventTime":"', '"eventTime":"x').encode(),
        GOOD.replace('"outcome":', '"x":{"y":[1,"]"]},"outcome":').encode(),
    ]
    doubts = judge.accept(raws).doubts
    parts = compile_parts(judge.plan, NOW)
    assert parts is not None
    places = list(parts.box.numbered())
    assert [(number, [*compress(places, its.members)]) for number, its in doubts.items()] == [
        (1, ["/payload/eventTime"]),
        (2, ["/payload"]),
    ]


@pytest.mark.parametrize(
    ("old", "new", "plain"),
    [
        ('"severity":"normal"', '"severity":"x"', True),
        ('"severity":"normal"', '"severity":""', True),
        ('"severity":"normal"', '"severity":{"a":1,"a":2}', False),
        ('"severity":"normal"', '"severity":99999999999999999999', False),
        ('"severity":"normal"', '"severity":"normal","x":{"a":[{"b":1,"b":2}]}', False),
        ('"severity":"normal"', '"severity":"normal","x":1E999', False),
        ('"severity":"normal"', '"severity":"normal","x":"1","x":"2"', False),
        ('"reasonCode":200', '"reasonCode":99999999999999999999', False),
    ],
)
def test_a_line_is_plain_where_nothing_was_leapt(old: str, new: str, plain: bool) -> None:
    plan = plan_of("at-2018", Choice())
    judge, line = Judge(plan, NOW), Line("-", 1, 0, GOOD.replace(old, new, 1).encode())
    (its,) = judge.accept((line.raw,)).doubts.values()
    assert its.plain is plain
    assert judge.explainer.explain(line, its).problems == Explainer(plan, NOW).explain(line).problems != ()


def test_only_its_end_is_told_of_a_line_that_ends_in_a_carriage_return() -> None:
    judge = Judge(plan_of("at-2018", Choice()), NOW)
    accepted = judge.accept([f"{GOOD}\r".encode()])
    assert accepted.numbers == []
    doubts = accepted.doubts[0]
    assert doubts.plain
    assert not any(doubts.members + doubts.groups + doubts.guards)
    line = Line("-", 1, 0, f"{GOOD}\r".encode())
    assert [found.code for found in judge.explainer.explain(line, doubts).problems] == ["AT010"]


def agreeing(one: Clean, other: Clean) -> int:
    """In how many lines that both take the facts are the same; these are all of them."""
    mine, theirs = facts_of(one), facts_of(other)
    both = mine.keys() & theirs.keys()
    for number in both:
        assert mine[number] == theirs[number]
    return len(both)


def facts_of(clean: Clean) -> dict[int, tuple[str, Fact]]:
    """Action and facts of each line that is clean."""
    rows, shown = clean.rows(), {number: row for row, number in enumerate(clean.shown)}
    numbered = zip(clean.numbers, clean.actions, strict=True)
    return {number: (action, rows.fact(shown[number])) for number, action in numbered}


def long_actions(first: int, count: int) -> list[bytes]:
    """Lines whose actions are long, and other ones each time."""
    return [
        GOOD.replace("kms.secrets.create", f"kms.{number}{'x' * 10_000}.create").encode()
        for number in range(first, first + count)
    ]


def test_long_values_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptor_program, "_MOST_LETTERS", 2**20)
    accept = made(plan_of("at-2018", Choice(select=("ALL",)))).accept
    tracemalloc.start()
    try:
        for first in range(0, 2_000, 50):
            accept(long_actions(first, 50))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000 * 10_000 / 4


def scanner(ask: Callable[[bytes], Any]) -> Any:
    """Takes lines with a text as `a`, which it gives as their action."""
    return _scan.Scanner(
        [(b"a", 1, True, False, 1, 0, None)],
        [],
        [(None, -1, b"", b"", False, ask, 0, None)],
        [(0, [0], 0, False, bool)],
        [],
        [],
        (0, -1, -1, -1, -1, -1, -1, -1),
        *(False, 1_000, 2, 16_384, 7, (20, 4, 500), (13, b"-8000-8000-"), lambda kind, _: kind),
    )


def taken(token: bytes) -> tuple[str, None, float, tuple[int, ...]]:
    return token.decode(), None, nan, ()


def test_one_call_at_a_time() -> None:
    def ask(token: bytes) -> Any:
        if token == b"again":
            its.scan([b'{"a":"x"}'])
        return taken(token)

    its = scanner(ask)
    with pytest.raises(RuntimeError, match="one call at a time"):
        its.scan([b'{"a":"again"}'])
    assert its.scan([b'{"a":"x"}'])[:2] == ([0], ["x"])


def test_a_list_may_change_while_python_is_asked() -> None:
    raws = [b'{"a":"' + b"y" * 100 + letter + b'"}' for letter in (b"1", b"2")]
    size = len(raws[0])
    others: list[bytes] = []

    def ask(token: bytes) -> Any:
        raws.clear()
        others.extend(b"z" * size for _ in range(100))  # where the line stood, were it gone
        return taken(token)

    assert scanner(ask).scan(raws)[:2] == ([0], ["y" * 100 + "1"])


@pytest.mark.parametrize("raws", [(b"{}",), None, b"{}"])
def test_lines_come_in_a_list(raws: Any) -> None:
    with pytest.raises(SystemError):
        scanner(taken).scan(raws)


@pytest.mark.parametrize(
    "rest", [b"\\", b"\\\\", b"\\u", b"\\u00", b"\\ud800", b"\\ud800\\", b"\\\xc3", b"\xc3", b"\x00"]
)
def test_a_text_that_breaks_off_is_refused(rest: bytes) -> None:
    for raw in (b'{"a":"' + rest, b'{"a":"' + rest + b"}", b'{"a":"' + rest + b'"'):
        assert scanner(taken).scan([raw]) == ([], [], [], b"", b"", [], b"", b"", [], [], [])


def test_without_memory_there_is_an_exception() -> None:
    hooks = pytest.importorskip("_testcapi")

    def scanned() -> None:
        its = _scan.Scanner(
            [(b"a", 1, True, False, 1, 0, None), (b"b", 1, True, False, 2, 1, None)],
            [[b"hint"]],
            [
                (None, -1, b"", b"", False, taken, 0, None),
                (None, 0, b"{", b"}", False, taken, 0, (None, None, nan, ())),
            ],
            [(0, [0], 0, False, bool), (0, [0], 1, False, bool)],
            [([(1, 1, 0)], bool), ([(1, 2, 0)], bool)],
            [(0, 1)],
            (0, 1, 1, -1, -1, -1, -1, 1),
            *(True, 1_000, 3, 16_384, 7, (20, 4, 500), (13, b"-8000-8000-"), lambda kind, _: kind),
        )
        its.scan([b'{"a":"%d","b":"\\u0061"}' % number for number in range(40)])

    failed = 0
    for allocation in range(1, 400):
        try:
            hooks.set_nomemory(allocation, allocation + 1)
            scanned()
        except MemoryError:
            failed += 1
        finally:
            hooks.remove_mem_hooks()
    assert failed > 100


def add_new(kept: Sequence[int], turns: bytes, digests: list[int]) -> bool:
    found: bool = _scan.add_new(array("Q", kept), bytearray(turns), array("Q", digests))
    return found


def test_a_table_without_room_is_refused() -> None:
    for kept, turns in (([], bytes(8)), ([], b""), ([0] * 8, b""), ([0] * 9, bytes(2))):
        with pytest.raises(ValueError, match="do not go together"):
            add_new(kept, turns, [1])
    assert add_new([0] * 4, b"\xff", [1, 2])
