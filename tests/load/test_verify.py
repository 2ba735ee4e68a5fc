"""Law 8: verify finds exactly what was injected."""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atlint.load.digest import digest
from atlint.load.event import Event
from atlint.load.identity import encode
from atlint.load.manifest import Manifest, Run, records
from atlint.load.store import wrap
from atlint.load.verify import verify
from atlint.load.writer import Closed
from atlint.model import AtlintError, Verdict
from atlint.report.formats import FORMATS, renderer

RUN = Run("0", "91a7", "at-2018", 1, 1e9)
COUNTERS = [
    "sent",
    "delivered",
    "lost",
    "duplicated",
    "reordered",
    "truncated",
    "corrupted",
    "misrouted",
    "foreign",
]


def sent_line(seq: int, pods: int) -> bytes:
    event = {"id": encode(RUN.id, seq % pods, seq), "who": "Zoë 漢", "n": [seq, 1.5], "none": None}
    return json.dumps({"payload": event}, ensure_ascii=False).encode()


def write_manifest(
    path: Path, count: int, pods: int, *, rotate: int = 0, ended: bool = True, **facts: Any
) -> list[bytes]:
    """A manifest of `count` events over `pods` files, rotated after every `rotate` events; the lines."""
    lines = [sent_line(seq, pods) for seq in range(count)]
    manifest = Manifest(path)
    manifest.open()
    files = {f"{pod:04x}": f"svc/{pod}.log" for pod in range(pods)}
    manifest.header(RUN, {"schedule": "constant", "files": files, **facts})
    for seq, line in enumerate(lines):
        pod = seq % pods
        event = Event(seq, pod, seq / 100, line + b"\n", digest(line), None, f"svc/{pod}.log", 1 + seq // pods)
        manifest.events([event], start=2e9, written=2e9 + seq / 100)
        if rotate and (seq + 1) % rotate == 0:
            for each in range(pods):
                name = f"svc/{each}.log"
                manifest.file(Closed(f"{name}.{(seq + 1) // rotate}", name, 0, 0, "rotated"))
    if ended:
        manifest.end({"written": count})
    manifest.close()
    return lines


def size(seq: int) -> int:
    return len(sent_line(seq, 2))


@dataclass
class Copy:
    """One delivered line, and what the test did to it: the oracle knows, verify must find out."""

    raw: bytes
    seq: int | None
    state: str


def damage(copy: Copy, kind: str, where: float, pods: int) -> Copy:
    raw, seq = copy.raw, copy.seq
    assert seq is not None
    named = raw.index(b'", "who"') + 1
    if kind == "truncated":
        return Copy(raw[: named + int(where * (len(raw) - named - 1))], seq, kind)
    if kind == "misrouted":
        other = encode(RUN.id, seq % pods + 1, seq).encode()
        return Copy(raw.replace(encode(RUN.id, seq % pods, seq).encode(), other), seq, kind)
    if kind == "respelt":
        return Copy(json.dumps(json.loads(raw), indent=None, sort_keys=True).encode() + b"\r", seq, "delivered")
    bad = [
        raw.replace("Zoë".encode(), b"Zoe"),
        raw.replace(b"1.5", b"1.25"),
        raw.replace(b"null", b"0"),
        raw.replace(b'"who"', b'"who'),
        raw.replace("ë".encode(), b"\xff\xfe"),
        raw + b"}",
        raw.replace(b"payload", b"Payload"),
    ]
    return Copy(bad[int(where * len(bad))], seq, "corrupted")


def account(count: int, pods: int, copies: list[Copy]) -> dict[str, int]:
    """An oracle that has nothing of verify's: it counts labels."""
    best = dict.fromkeys(range(count), "lost")
    order = ["lost", "truncated", "corrupted", "misrouted", "delivered"]
    seen: set[int] = set()
    top = dict.fromkeys(range(pods), -1)
    found = Counter[str]()
    for copy in copies:
        if copy.seq is None:
            found["foreign"] += 1
            continue
        if copy.seq in seen:
            found["duplicated"] += 1
        elif copy.seq < top[copy.seq % pods]:
            found["reordered"] += 1
        seen.add(copy.seq)
        top[copy.seq % pods] = max(top[copy.seq % pods], copy.seq)
        best[copy.seq] = max(best[copy.seq], copy.state, key=order.index)
    found.update(best.values())
    found["sent"] = count
    return {name: found[name] for name in COUNTERS}


KINDS = st.sampled_from(["lost", "truncated", "corrupted", "misrouted", "respelt", "duplicate", "swap", "foreign"])
OTHERS = [
    b"noise",
    b"{}",
    b'{"id":"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}',
    b'{"id":"%b"}' % encode("00000000", 0, 1).encode(),
    b'{"id":"%b"}' % encode(RUN.id, 0, 10**9).encode(),
    b"\xff\x00",
]


@settings(deadline=None)
@given(
    count=st.integers(1, 60),
    pods=st.integers(1, 4),
    faults=st.lists(st.tuples(KINDS, st.floats(0, 0.999), st.floats(0, 0.999)), max_size=25),
    form=st.sampled_from(["lines", "gzip", "store"]),
)
def test_exactly_what_was_injected(
    tmp_path_factory: pytest.TempPathFactory, count: int, pods: int, faults: Any, form: str
) -> None:
    folder = tmp_path_factory.mktemp("law8")
    lines = write_manifest(folder / "manifest", count, pods)
    copies = [Copy(line, seq, "delivered") for seq, line in enumerate(lines)]
    for kind, at, where in faults:
        if not copies:
            break
        index = int(at * len(copies))
        copy = copies[index]
        if kind == "foreign":
            copies.insert(index, Copy(OTHERS[int(where * len(OTHERS))], None, "foreign"))
        elif kind == "lost":
            del copies[index]
        elif kind == "duplicate":
            copies.insert(int(where * len(copies)), copy)
        elif kind == "swap" and index + 1 < len(copies):
            copies[index], copies[index + 1] = copies[index + 1], copy
        elif copy.state == "delivered" and copy.raw == lines[copy.seq or 0]:
            copies[index] = damage(copy, kind, where, pods) if kind != "swap" else copy
    delivered = folder / "delivered"
    data = b"".join(wrap(copy.raw, 2e9 + 10) if form == "store" else copy.raw + b"\n" for copy in copies)
    delivered.write_bytes(gzip.compress(data) if form == "gzip" else data)
    report = verify([folder / "manifest"], [delivered])
    assert dict(report.summary) == account(count, pods, copies)
    assert list(report.summary) == COUNTERS
    summary = report.summary
    assert summary["sent"] == sum(summary[name] for name in ("delivered", "lost", *COUNTERS[5:8]))
    clean = not any(count for name, count in summary.items() if name not in {"sent", "delivered"})
    assert (report.verdict is Verdict.PASS) == clean
    lost = {loss["first"]: loss["count"] for loss in report.extra["losses"]}
    assert sum(lost.values()) == summary["lost"]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "manifest"


def judge(manifest: Path, lines: list[bytes], **options: Any) -> Any:
    delivered = manifest.parent / "delivered"
    delivered.write_bytes(b"".join(line + b"\n" for line in lines))
    return verify([manifest], [delivered], **options)


def test_duplicates_are_allowed_on_request_only(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 2)
    assert judge(manifest, lines + lines[:1] * 2).summary["duplicated"] == 2
    assert judge(manifest, lines + lines[:1]).verdict is Verdict.FAIL
    assert judge(manifest, lines + lines[:1], allow_duplicates=True).verdict is Verdict.PASS
    assert judge(manifest, lines[1:] + lines[1:], allow_duplicates=True).verdict is Verdict.FAIL


def test_an_adjacent_swap_counts_one(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 1)
    lines[3], lines[4] = lines[4], lines[3]
    assert judge(manifest, lines).summary["reordered"] == 1


def test_damage_is_told_with_its_line_and_event(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 2)
    delivered = [
        *lines[:5],
        lines[2],
        lines[7],
        lines[5],
        b"noise",
        lines[6][:70],
        lines[8].replace(b"1.5", b"1.25"),
        b"",
    ]
    report = judge(manifest, [*delivered, lines[9]])
    assert report.summary["duplicated"] == report.summary["reordered"] == report.summary["truncated"] == 1
    path = str(manifest.parent / "delivered")
    known = {"path": path, "run": RUN.id}
    assert report.extra["examples"] == [
        known
        | {"kind": "duplicated", "line": 6, "file": "svc/0.log", "seq": 2, "bytes": size(2), "sent_bytes": size(2)},
        known
        | {"kind": "reordered", "line": 8, "file": "svc/1.log", "seq": 5, "bytes": size(5), "sent_bytes": size(5)},
        known | {"kind": "truncated", "line": 10, "file": "svc/0.log", "seq": 6, "bytes": 70, "sent_bytes": size(6)},
        known
        | {"kind": "corrupted", "line": 11, "file": "svc/0.log", "seq": 8, "bytes": size(8) + 1, "sent_bytes": size(8)},
        {
            "kind": "foreign",
            "path": path,
            "line": 9,
            "run": None,
            "file": None,
            "seq": None,
            "bytes": 5,
            "sent_bytes": None,
        },
    ]


def test_examples_are_few_and_none_is_of_an_event_that_arrived_after_all(manifest: Path) -> None:
    lines = write_manifest(manifest, 100, 1)
    bad = [line.replace(b"1.5", b"1.25") for line in lines]
    examples = judge(manifest, bad).extra["examples"]
    assert [example["seq"] for example in examples] == [*range(20)]
    again = judge(manifest, [*bad, *lines[:90]])
    assert again.summary["corrupted"] == 10
    told = [(example["kind"], example["seq"]) for example in again.extra["examples"]]
    assert told == [*(("duplicated", seq) for seq in range(20)), *(("corrupted", seq) for seq in range(90, 100))]


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_formats_for_people_show_the_examples(manifest: Path, name: str) -> None:
    lines = write_manifest(manifest, 10, 1)
    text = "".join(renderer(name)(judge(manifest, [*lines, lines[3]]), rules={}))
    assert re.search(r"kind duplicated, path \S+delivered, line 11, run \w+, file svc/0.log, seq 3", text)


def test_files_of_one_run_may_be_mixed(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 2)
    assert judge(manifest, lines[1::2] + lines[::2]).verdict is Verdict.PASS


def test_the_order_of_delivered_files_tells_nothing(manifest: Path, tmp_path: Path) -> None:
    lines = write_manifest(manifest, 10, 1)
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc/0.log").write_bytes(b"\n".join(lines[6:]) + b"\n")
    (tmp_path / "svc/0.log.1").write_bytes(b"\n".join(lines[:6]) + b"\n")
    assert verify([manifest], [tmp_path / "svc"]).verdict is Verdict.PASS


def test_an_intact_event_in_the_file_of_another(manifest: Path, tmp_path: Path) -> None:
    lines = write_manifest(manifest, 10, 2)
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc/0.log").write_bytes(b"\n".join([*lines[::2], lines[1]]) + b"\n")
    (tmp_path / "svc/1.log.1.gz").write_bytes(gzip.compress(b"\n".join(lines[3::2]) + b"\n"))
    summary = verify([manifest], [tmp_path / "svc"]).summary
    assert (summary["misrouted"], summary["delivered"]) == (1, 9)


def test_losses_cluster_at_rotations(manifest: Path) -> None:
    lines = write_manifest(manifest, 100, 2, rotate=50)
    kept = [line for seq, line in enumerate(lines) if seq not in {44, 46, 48, 52, 10, 11, 13}]
    losses = judge(manifest, kept).extra["losses"]
    assert [(each["file"], each["first"], each["last"], each["count"], each["near"]) for each in losses] == [
        ("svc/0.log", 10, 10, 1, None),
        ("svc/1.log", 11, 13, 2, None),
        ("svc/0.log", 44, 48, 3, "rotated"),
        ("svc/0.log", 52, 52, 1, None),
    ]
    assert [(each["file"], each["sent"], each["lost"]) for each in judge(manifest, kept).extra["files"]] == [
        ("svc/0.log", 50, 5),
        ("svc/1.log", 50, 2),
    ]


def test_latency_is_that_from_the_intended_time(manifest: Path, tmp_path: Path) -> None:
    lines = write_manifest(manifest, 100, 2)
    store = tmp_path / "store"
    store.write_bytes(b"".join(wrap(line, 2e9 + n / 100 + (n + 1) / 10) for n, line in enumerate(lines)))
    report = verify([manifest], [store])
    assert report.extra["latency_seconds"] == pytest.approx({"p50": 5.0, "p99": 9.9, "max": 10.0}, abs=1e-4)
    assert judge(manifest, lines).extra["latency_seconds"] == {"p50": None, "p99": None, "max": None}


def test_after_a_kill_unrecorded_events_count(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 1, ended=False)
    more = [sent_line(seq, 1) for seq in range(10, 13)]
    with manifest.open("ab") as file:
        file.write(b'{"kind":"event","seq":10,"fi')
    report = judge(manifest, [*lines, *more, more[0], more[2][:70]])
    assert report.summary["sent"] == report.summary["delivered"] == 13
    assert report.summary["duplicated"] == 1
    assert report.extra["unfinished"] == 1
    assert report.extra["killed"] == [RUN.id]
    assert verify([manifest], [], allow_duplicates=True).summary["lost"] == 10


@pytest.mark.parametrize("kept", [1, 7, 10])
def test_of_a_manifest_that_was_cut_short_it_is_said_what_is_not_known(manifest: Path, kept: int) -> None:
    lines = write_manifest(manifest, 10, 1, offered=10)
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[: 1 + kept]))
    report = judge(manifest, lines[:kept])
    assert report.summary["sent"] == report.summary["delivered"] == kept
    assert report.verdict is Verdict.PASS
    (said,) = report.extra["notes"]
    assert "has no end" in said
    assert f"{kept} of 10 events are recorded" in said
    assert judge(manifest, lines[1:kept]).verdict is Verdict.FAIL, "what is recorded and was lost, was lost"


@pytest.mark.parametrize("lost", [[4], [4, 5, 6], [3, 8]])
def test_events_missing_among_those_that_are_not_recorded_are_no_pass(manifest: Path, lost: list[int]) -> None:
    """A run that was killed has written all that stands before what it wrote last."""
    lines = write_manifest(manifest, 10, 1, offered=10)
    manifest.write_text("".join(manifest.read_text().splitlines(keepends=True)[:4]))
    report = judge(manifest, [line for seq, line in enumerate(lines) if seq not in lost])
    assert report.summary["lost"] == 0
    assert report.verdict is Verdict.NO_EVIDENCE
    assert f"behind the last of them {len(lost)} are missing before others that came" in report.extra["notes"][0]
    assert judge(manifest, lines).verdict is Verdict.PASS


def test_a_manifest_without_some_of_its_lines_is_no_pass(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 1)
    records_of = manifest.read_text().splitlines(keepends=True)
    manifest.write_text("".join((*records_of[:4], *records_of[6:])))
    report = judge(manifest, [*lines[:3], *lines[5:]])
    assert report.verdict is Verdict.NO_EVIDENCE
    assert "its end tells of 10 events, and 8 are recorded" in report.extra["notes"][0]
    write_manifest(manifest.with_name("whole"), 10, 1)
    assert "notes" not in judge(manifest.with_name("whole"), lines).extra


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_the_manifest_is_not_whole(manifest: Path, name: str) -> None:
    lines = write_manifest(manifest, 10, 1, ended=False)
    text = "".join(renderer(name)(judge(manifest, [*lines, sent_line(12, 1)]), rules={}))
    assert "no evidence" in text or "no-evidence" in text
    assert "not whole" in text or "has no end" in text


def test_with_an_end_nothing_is_unrecorded(manifest: Path) -> None:
    lines = write_manifest(manifest, 10, 1)
    assert judge(manifest, [*lines, sent_line(10, 1)]).summary["foreign"] == 1


def test_a_broken_line_is_itself(manifest: Path) -> None:
    made = Manifest(manifest)
    made.open()
    made.header(RUN, {})
    raw = b'{"id":"%b","trailing":1,}' % encode(RUN.id, 0, 0).encode()
    made.events([Event(0, 0, 0.0, raw + b"\n", digest(raw), "AT101", "a.log", 1)], start=0, written=0)
    made.end({})
    made.close()
    assert judge(manifest, [raw]).verdict is Verdict.PASS
    assert judge(manifest, [raw[:50]]).summary["truncated"] == 1
    assert judge(manifest, [raw.replace(b"1", b"1 ")]).summary["corrupted"] == 1


@pytest.mark.parametrize("text", ["", '{"kind":"header","run":"0badcafe"}\n', '{"kind":"hea'])
def test_nothing_to_judge_is_no_pass(manifest: Path, text: str) -> None:
    manifest.write_text(text)
    assert judge(manifest, []).verdict is Verdict.NO_EVIDENCE
    assert judge(manifest, [b"{}"]).verdict is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}\n", "no record"),
        ("nonsense\n", "no record"),
        ("[1]\n", "no record"),
        ('{"kind":"other"}\n', "no record"),
        ('{"kind":[]}\n', "no record"),
        ('{"kind":"end"}\n', "begins with its header"),
        ('{"kind":"header"}\n', "lacks a member"),
        ('{"kind":"header","run":[]}\n', "another type"),
        ('{"kind":"header","run":"0badcafe"}\n{"kind":"event","seq":0}\n', "lacks a member"),
        ('{"kind":"header","run":"0badcafe"}\n{"kind":"event","seq":-1,"digest":"00"}\n', "another type"),
        ('{"kind":"header","run":"0badcafe","files":[]}\n', "another type"),
        ('{"kind":"header","run":"0badcafe"}\n\n{"kind":"end"}\n', "no record"),
        ('{"kind":"header","run":"0badcafe","offered":"9"}\n', "another type"),
        ('{"kind":"header","run":"0badcafe"}\n{"kind":"end","written":-1}\n', "another type"),
    ],
)
def test_what_is_no_manifest(manifest: Path, text: str, says: str) -> None:
    manifest.write_text(text)
    with pytest.raises(AtlintError, match=says):
        judge(manifest, [])


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(AtlintError, match="cannot read"):
        verify([tmp_path / "none"], [])


def test_records_conform_to_the_schema(manifest: Path) -> None:
    schema = Path(__file__).parents[2] / "schemas" / "manifest.schema.json"
    write_manifest(manifest, 4, 2, rotate=2)
    check = jsonschema.Draft202012Validator(json.loads(schema.read_text()))
    for record in records(manifest):
        check.validate(record)
