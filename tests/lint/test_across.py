from __future__ import annotations

import copy
import json
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest

from atlint.lint.across import Across, not_collected
from atlint.lint.engine import Judge, Tally, run
from atlint.lint.examples import compliant
from atlint.lint.source import from_bytes
from atlint.load.identity import encode
from atlint.model import AtlintError, Line, Report
from atlint.pipeline.fluentd import parse
from atlint.pipeline.tailer import Tailer
from atlint.plan import EDITIONS, Settings, compile_plan
from atlint.report.check import Options, check_lines
from atlint.rules.draft import Draft
from atlint.rules.selection import Choice, choose, everything

NOW = 1769817600.0
GUID = "0f9d1b6a-52c3-4e78-8a41-6be0c97d2f{:02x}"
ONE = "crn:v1:bluemix:public:containers-kubernetes:us-south:a/3f1b7c0d9e2a4586b1c7d0e9f8a24356:{}:worker:w3"


def event(edition: str = "at-2018", **roles: Any) -> Draft:
    """The edition's first example without an id, with roles (`target__id`) changed."""
    draft = Draft(everything(edition), copy.deepcopy(next(iter(compliant(edition)))))
    draft.drop("id")
    for role, value in roles.items():
        draft.put(role.replace("__", "/"), value)
    return draft


def at(clock: str, edition: str = "at-2018", **roles: Any) -> Draft:
    return event(edition, eventTime=f"2018-11-29T{clock}+0000", **roles)


def raw_of(events: Iterable[Draft | bytes]) -> bytes:
    return b"".join((item if isinstance(item, bytes) else item.line()) + b"\n" for item in events)


def checked(events: Iterable[Draft | bytes], code: str, edition: str = "at-2018") -> Report:
    options = Options(edition=edition, now=NOW, choice=Choice(select=tuple(code.split(","))))
    return check_lines(from_bytes(raw_of(events), "a.log"), options, files=("a.log",))


def told(events: Iterable[Draft | bytes], code: str, edition: str = "at-2018") -> list[tuple[int, str]]:
    """Line and pointer of each finding of one rule."""
    return [(found.place.line, found.pointer) for found in checked(events, code, edition).findings]


TIME = "/payload/eventTime"


@pytest.mark.parametrize(
    ("clocks", "found"),
    [
        pytest.param(["08:00:00.00", "08:00:00.00", "09:00:00.00"], [], id="forward"),
        pytest.param(["08:01:00.00", "08:00:00.00"], [], id="as far as is tolerated"),
        pytest.param(["08:01:00.01", "08:00:00.00"], [(2, TIME)], id="a little more"),
        pytest.param(["09:00:00.00", "08:00:00.00", "08:00:01.00"], [(2, TIME)], id="one step, one finding"),
        pytest.param(["09:00:00.00", "08:00:00.00", "09:00:01.00", "08:00:01.00"], [(2, TIME), (4, TIME)], id="zigzag"),
        pytest.param(["08:01:00.00", "08:00:30.00", "07:59:59.00"], [(3, TIME)], id="against the newest"),
    ],
)
def test_time_goes_back(clocks: list[str], found: list[tuple[int, str]]) -> None:
    assert told([at(clock) for clock in clocks], "AT601") == found


@pytest.mark.parametrize(
    "text", ["2018-11-29 07:00:00.00 +0000 UTC", "2018-11-29T07:00:00Z", "2018-11-29T09:00:00.00+02:00"]
)
def test_a_time_of_another_form_counts_where_its_instant_is_plain(text: str) -> None:
    assert told([at("08:30:00.00"), event(eventTime=text)], "AT601") == [(2, TIME)]


@pytest.mark.parametrize("value", ["yesterday", "2018-02-30T07:00:00.00+0000", 1543475000, None, ["x"]])
def test_a_time_that_is_none_is_passed_over(value: Any) -> None:
    assert told([at("08:30:00.00"), event(eventTime=value), at("08:30:00.01")], "AT601") == []


@pytest.mark.parametrize(
    ("time", "told_at"),
    [
        pytest.param("1970-01-01T00:00:00.00+0000", [], id="long ago"),
        pytest.param("2015-12-31T23:59:59.99+0000", [], id="just before there was a tracker"),
        pytest.param("2016-01-01T00:00:00.00+0000", [2], id="as soon as there was one"),
        pytest.param("2026-01-31T01:00:00.99+0000", [3], id="as far ahead as a clock may be"),
        pytest.param("2026-01-31T01:00:01.00+0000", [], id="later than that"),
        pytest.param("2093-01-01T00:00:00.00+0000", [], id="far ahead"),
    ],
)
def test_a_time_in_the_wrong_year_is_told_as_that_alone(time: str, told_at: list[int]) -> None:
    """Neither it nor the events behind it are out of order; unless nobody asks for wrong years."""
    events = [at("08:30:00.00"), event(eventTime=time), at("08:30:01.00")]
    both = checked(events, "AT505,AT601").findings
    by_code = {code: [found.place.line for found in both if found.code == code] for code in ("AT505", "AT601")}
    assert by_code == {"AT505": [] if told_at else [2], "AT601": told_at}
    assert told(events, "AT601"), "who does not ask for AT505 gets the step"


def test_times_that_were_never_set_are_no_rush() -> None:
    """Events of 1970, all at once, say nothing of the rate."""
    rush = [event(eventTime="1970-01-01T00:00:00.00+0000", message=str(number)) for number in range(120)]
    assert [found.code for found in checked(rush, "AT505,AT603").findings if found.code != "AT505"] == []
    assert [line for line, _ in told(rush, "AT603")] == [101]


def test_each_file_has_a_clock_of_its_own() -> None:
    plan = everything("at-2018")
    across = Across([plan])
    lines = [Line(path, 1, 0, at(clock).line()) for path, clock in (("a", "09:00:00.00"), ("b", "08:00:00.00"))]
    assert [problem.code for line in lines for problem in across.see(line, plan)] == []


ID = "/payload/id"
SAME = {"id": GUID.format(1)}


@pytest.mark.parametrize(
    ("events", "found"),
    [
        pytest.param([event(), event()], [(2, "")], id="byte for byte"),
        pytest.param([event(), at("08:00:00.00"), event(), event()], [(3, ""), (4, "")], id="each time"),
        pytest.param([event(**SAME), event(**SAME)], [(2, ID)], id="byte for byte, with an id"),
        pytest.param([event(**SAME), event(**SAME, target__name="other")], [(2, ID)], id="the same id"),
        pytest.param([event(**SAME), event(**SAME).line() + b" "], [(2, ID)], id="spelt otherwise"),
        pytest.param([event(**SAME), event(**SAME, outcome="failure")], [], id="how it went on"),
        pytest.param(
            [event(**SAME, requestData='{"a":1}'), event(**SAME, requestData='{"a":2}')], [], id="parts of one change"
        ),
        pytest.param([event(), event().line() + b" "], [], id="no id, another line"),
        pytest.param([b'{"a":1}', b'{"a":1}'], [(2, "")], id="whatever the object"),
        pytest.param([b"nonsense", b"nonsense", b"[]", b"[]"], [], id="no events"),
    ],
)
def test_duplicate_event(events: list[Draft | bytes], found: list[tuple[int, str]]) -> None:
    assert told(events, "AT602") == found


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_duplicate_across_files(edition: str) -> None:
    plan = everything(edition)
    across = Across([plan])
    codes = [p.code for name in ("a", "b") for p in across.see(Line(name, 1, 0, event(edition).line()), plan)]
    assert codes == ["AT602"]


def burst(count: int, gap: float, **roles: Any) -> list[Draft]:
    made = []
    for index in range(count):
        second = index * gap
        made.append(at(f"08:{int(second // 60):02}:{second % 60:05.2f}", **roles))
    return made


@pytest.mark.parametrize(
    ("count", "gap", "found"),
    [
        pytest.param(100, 0.5, [], id="as many as are allowed"),
        pytest.param(101, 0.5, [(101, "info")], id="more than are noted"),
        pytest.param(250, 0.2, [(101, "info")], id="as many as are borne"),
        pytest.param(251, 0.2, [(101, "info"), (251, "warning")], id="too many"),
        pytest.param(300, 0.6, [], id="for long, at the rate that is allowed"),
        pytest.param(400, 0.4, [(101, "info"), (251, "info")], id="said once a minute"),
        pytest.param(101, 0.0, [(101, "info")], id="all at once"),
    ],
)
def test_rate_above_allowance(count: int, gap: float, found: list[tuple[int, str]]) -> None:
    findings = checked(burst(count, gap), "AT603").findings
    assert [(item.place.line, str(item.severity)) for item in findings] == found


def test_services_have_a_rate_each() -> None:
    two = [
        draft
        for pair in zip(burst(90, 0.5), burst(90, 0.5, meta__serviceProviderName="kms"), strict=True)
        for draft in pair
    ]
    assert told(two, "AT603") == []


@pytest.mark.parametrize("edition", EDITIONS[1:])
def test_later_editions_have_no_allowance(edition: str) -> None:
    later = [event(edition, eventTime=f"2025-11-29T08:00:{index / 10:05.2f}+0000") for index in range(300)]
    with pytest.raises(AtlintError, match="no rule is left"):
        told(later, "AT603", edition)
    assert told(later, "AT6", edition) == []


@pytest.mark.parametrize(
    ("second", "part"),
    [
        (ONE.format(GUID.format(2)), ""),
        (ONE.format(GUID.format(3)), ""),
        (ONE.format(GUID.format(2)).replace("us-south", "eu-de"), "eu-de"),
        (ONE.format(GUID.format(2)).replace("-kubernetes", "-kuberentes"), "containers-kuberentes"),
        (ONE.format(GUID.format(2)).replace(":worker:", ":node:"), ""),
        (ONE.format(GUID.format(2)).replace("a/3f", "a/4f"), "a/4f1b7c0d9e2a4586b1c7d0e9f8a24356"),
        ("no crn", ""),
    ],
)
def test_target_changes_crn(second: str, part: str) -> None:
    events = [event(target__id=ONE.format(GUID.format(2))), at("08:00:00.00", target__id=second)]
    found = checked(events, "AT604").findings
    assert [(item.place.line, item.pointer) for item in found] == ([(2, "/payload/target/id")] if part else [])
    for item in found:
        text = events[1].line().decode()
        assert text[item.place.column - 1 : item.place.end_column - 1] == part
        assert "3f1b7c0d" not in item.message, "accounts are masked"


def test_a_short_id_may_be_that_of_many() -> None:
    crns = [ONE.format("default"), ONE.format("default").replace("us-south", "eu-de")]
    assert told([event(target__id=crn) for crn in crns], "AT604") == []


def test_each_further_crn_is_told_once() -> None:
    crns = [ONE.format(GUID.format(2)).replace("us-south", place) for place in ("us-south", "eu-de", "eu-gb", "jp-tok")]
    lines = [line for line, _ in told([event(target__id=crn) for crn in (crns * 3)], "AT604")]
    assert lines == [2, 3], "of three CRNs no more is remembered"


NAME, REGION, SPACE = (f"/meta/serviceProvider{part}" for part in ("Name", "Region", "ProjectId"))


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        pytest.param([{}, {}, {}], [], id="one writer"),
        pytest.param([{}, {"meta__serviceProviderName": "kms"}, {}], [(2, NAME)], id="two services"),
        pytest.param([{}, {"meta__serviceProviderRegion": "eu-gb"}] * 2, [(2, REGION)], id="two regions"),
        pytest.param([{}, {"meta__serviceProviderProjectId": GUID.format(4)}], [(2, SPACE)], id="two spaces"),
        pytest.param([{}, {"meta": None}, {"meta": {}}, {"meta": 7}], [], id="an event that does not say"),
        pytest.param([{"id": encode("0123abcd", 0, 1)}, {"id": encode("0123abcd", 0, 2)}], [], id="one file's ids"),
        pytest.param([{"id": encode("0123abcd", 0, 1)}, {"id": encode("0123abcd", 1, 2)}], [(2, ID)], id="two pods"),
        pytest.param([{"id": encode("0123abcd", 0, 1)}, {"id": encode("0123abce", 1, 1)}], [], id="two runs"),
        pytest.param(
            [{"id": encode("0123abcd", 0, n), "meta__serviceProviderName": f"service{n}"} for n in range(3)],
            [],
            id="a load of several services",
        ),
    ],
)
def test_shared_log_file(changes: list[dict[str, Any]], found: list[tuple[int, str]]) -> None:
    assert told([event(**change) for change in changes], "AT606") == found


STOCK = "<source>\n@type tail\npath /var/log/at/**/*.log*\nexclude_path /var/log/at/**/*.gz\n</source>"


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/var/log/at/a.log", True),
        ("/var/log/at/service/a.log.1", True),
        ("/var/log/at/a.json", False),
        ("/var/log/at/.a.log", False),
        ("/var/log/at/a.log.gz", False),
        ("/var/log/at-no-rotate/a.log", False),
    ],
)
def test_not_collected(path: str, read: bool) -> None:
    tailer = Tailer.of([parse(STOCK)])
    assert (not_collected(path, tailer) is None) is read
    judge = Judge(everything("at-2018"), NOW)
    raw = raw_of([at("08:00:00.00"), at("08:00:01.00")])
    found = run([judge], lambda _: judge, from_bytes(raw, path), Tally(), tailer=tailer)
    told = [(explanation.line.number, problem.code) for explanation in found for problem in explanation.problems]
    assert told == ([] if read else [(1, "AT607")])


def test_the_acceptor_makes_no_difference() -> None:
    events = [event(), event(), at("07:00:00.00"), *burst(101, 0.0), event("at-2025", eventTime="x"), b"[]"]
    reports = [
        check_lines(from_bytes(raw_of(events), "a.log"), Options(now=NOW, explain_only=explain_only), files=("a.log",))
        for explain_only in (False, True)
    ]
    assert reports[0] == reports[1]
    assert {"AT601", "AT602", "AT603"} <= set(reports[0].summary["by_rule"])


def test_an_event_in_which_something_is_found_is_not_clean() -> None:
    report = checked([event(), event(), at("08:00:00.00")], "AT602")
    assert (report.summary["events"], report.summary["clean"]) == (3, 2)


def test_nothing_is_looked_at_where_nothing_is_selected() -> None:
    plan = compile_plan("at-2018", settings=Settings(choose("at-2018", Choice(ignore=("AT6",)))))
    assert not Across([plan])
    assert Across([everything("at-2018")])


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    "raw",
    [
        b'{"payload":7,"meta":[]}',
        b'{"payload":{"id":{},"target":"x","eventTime":[]}}',
        b'{"payload":{"target":{"id":7}},"id":"a"}',
        b'{"id":"\\ud800","action":"\\ud800"}',
        b'{"payload":{"id":"a","id":"b"},"payload":{}}',
        b"[" * 5_000,
        b"\xff",
    ],
)
def test_no_line_is_too_strange(edition: str, raw: bytes) -> None:
    plan = everything(edition)
    across = Across([plan])
    for path in ("a", "a", "b"):
        across.see(Line(path, 1, 0, raw), plan)


def test_memory_is_bounded_whatever_the_log_says() -> None:
    """Every event names a new service, resource, writer and id, with long texts."""
    plan = everything("at-2018")
    across = Across([plan])
    text = "x" * 1_500
    peaks = []
    for part in range(2):
        tracemalloc.start()
        for index in range(3_000):
            number = part * 100_000 + index
            value = {
                "meta": {f"serviceProvider{part}": f"{number}{text}" for part in ("Name", "Region", "ProjectId")},
                "payload": {"id": f"{number}{text}", "eventTime": "2018-11-29T08:14:52.07+0000"},
            }
            value["payload"]["target"] = {"id": f"crn:v1:bluemix:public:{number}:us-south:a/1:{GUID}{number}::"}
            across.see(Line("a.log", index, 0, json.dumps(value).encode()), plan)
        peaks.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert peaks[1] < 6_000_000
