"""Files that are not what they seem: one finding that says what the file is, and no word of what is in it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from pathlib import Path

import pytest

from atlint.forms import form_of
from atlint.lint.examples import compliant
from atlint.lint.source import LONGEST, Kind, Source, copy, find, from_bytes, lines, opened
from atlint.model import AtlintError, Report
from atlint.plan import EDITIONS
from atlint.report.check import Options, check_lines, check_sources
from atlint.rules.draft import Draft
from atlint.rules.selection import everything

NOW = 1769817600.0
EVENTS = [Draft(everything("at-2018"), event).line() for event in compliant("at-2018")]
LOG = b"".join(raw + b"\n" for raw in EVENTS)
TEXT = LOG.decode()


def zipped(raw: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.log", raw)
    return made.getvalue()


#: a frame's magic number, as zstd writes it, and some of its bytes
ZSTD = b"\x28\xb5\x2f\xfd\x04\x58" + LOG
FORMS = [
    pytest.param(gzip.compress(LOG), "packed", "gzip", id="gzip"),
    pytest.param(ZSTD, "packed", "zstd", id="zstd"),
    pytest.param(bz2.compress(LOG), "packed", "bzip2", id="bzip2"),
    pytest.param(lzma.compress(LOG), "packed", "xz", id="xz"),
    pytest.param(zipped(LOG), "packed", "zip", id="zip"),
    pytest.param(b"\xff\xfe" + TEXT.encode("utf-16-le"), "encoding", "UTF-16", id="UTF-16, little end first"),
    pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), "encoding", "UTF-16", id="UTF-16, big end first"),
    pytest.param(
        b"\xff\xfe" + TEXT.replace("\n", "\r\n").encode("utf-16-le"), "encoding", "UTF-16", id="as PowerShell writes"
    ),
    pytest.param(b"\xff\xfe\r\x00\n\x00", "encoding", "UTF-16", id="an empty line of PowerShell's"),
    pytest.param(b"\xff\xfe", "encoding", "UTF-16", id="a mark alone"),
    pytest.param(TEXT.encode("utf-16-le"), "encoding", "UTF-16LE", id="UTF-16 without a mark"),
    pytest.param(TEXT.encode("utf-16-be"), "encoding", "UTF-16BE", id="the same, big end first"),
    pytest.param(b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), "encoding", "UTF-32", id="UTF-32"),
    pytest.param(b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"), "encoding", "UTF-32", id="UTF-32, big end first"),
]
#: what begins nearly so, and is judged by its lines
TEXTS = [b"", b"{", b"BZh9", b"PK", b"\xff\xfe{", b"\xff\xfe{}\n", b"\x1f", b"\0\0", b"\xef\xbb\xbf{}", b"{\0\0\0"]


def checked(raw: bytes, edition: str = "at-2018") -> Report:
    return check_lines(from_bytes(raw, "a.log"), Options(edition=edition, now=NOW), files=("a.log",))


@pytest.mark.parametrize("edition", [*EDITIONS, "auto"])
@pytest.mark.parametrize(("raw", "case", "name"), FORMS)
def test_a_file_in_another_form_is_one_error_that_names_it(raw: bytes, case: str, name: str, edition: str) -> None:
    report = checked(raw, edition)
    (found,) = report.findings
    assert (found.code, found.place.line, found.place.column, found.severity) == ("AT001", 1, 1, "error")
    assert f"the file is {name}" in found.message
    assert ("iconv" in found.help) == (case == "encoding")
    assert report.exit_code == 1
    assert (report.summary["lines"], report.summary["unreadable"], report.summary["clean"]) == (1, 1, 0)


@pytest.mark.parametrize("head", TEXTS)
def test_what_only_begins_like_one_is_text(head: bytes) -> None:
    assert form_of(head) is None
    report = checked(head + b"\n" + LOG)
    assert report.summary["events"] >= len(EVENTS)


@pytest.mark.parametrize("head", [raw.values[0] for raw in FORMS])
def test_only_a_file_begins_in_a_form(head: bytes) -> None:
    report = checked(LOG + head)
    assert report.summary["events"] >= len(EVENTS)
    assert not any("the file is" in found.message for found in report.findings)


@pytest.mark.parametrize("size", [LONGEST // 2, LONGEST * 3])
def test_a_form_is_passed_over_to_its_end(tmp_path: Path, size: int) -> None:
    raw = gzip.compress(LOG) + b"\n\x00" * size
    (tmp_path / "a.log").write_bytes(raw)
    (tmp_path / "b.log").write_bytes(LOG)
    (one,) = lines(Source(str(tmp_path / "a.log")))
    assert len(one.raw) + one.dropped == len(raw)
    report = check_sources(find((str(tmp_path),)), Options(now=NOW))
    assert (report.summary["files"], report.summary["events"], report.summary["unreadable"]) == (2, len(EVENTS), 1)
    assert [found.code for found in report.findings if found.code.startswith("AT0")] == ["AT001"]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("form", ["{all}", "{one}\r", "{all}{one}", "\ufeff{all}", "no event\r{all}", "{many}"])
def test_carriage_returns_alone_are_one_error(form: str, edition: str) -> None:
    events = [Draft(everything(edition), event).line().decode() for event in compliant(edition)]
    whole = "".join(event + "\r" for event in events)
    text = form.format(all=whole, one=events[0], many=whole * (1 + LONGEST // len(whole)))
    (found,) = (found for found in checked(text.encode(), edition).findings if found.code.startswith("AT0"))
    assert (found.code, found.severity, found.place.column) == ("AT010", "error", text.index("\r") + 1)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"payload":\r{"meta":1}\r}',
        EVENTS[0].replace(b",", b",\r"),
        b'{"x":"' + b"x" * LONGEST + b'\r"}',
    ],
)
def test_carriage_returns_within_an_event_end_no_lines(raw: bytes) -> None:
    assert not any(found.code == "AT010" for found in checked(raw + b"\n").findings)


class _Piped:
    """Standard input from a pipe, of which each read gives a few bytes."""

    def __init__(self, raw: bytes, step: int) -> None:
        self._rest, self._step = raw, step
        self.buffer = self

    def read(self, size: int) -> bytes:
        piece = self._rest[: min(size, self._step)]
        self._rest = self._rest[len(piece) :]
        return piece


def given(monkeypatch: pytest.MonkeyPatch, raw: bytes, step: int) -> Source:
    monkeypatch.setattr(sys, "stdin", _Piped(raw, step))
    return Source("-")


@pytest.mark.parametrize("step", [1, 7, 1 << 20])
@pytest.mark.parametrize("isal", [True, False])
@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["packed", "plain"])
def test_standard_input_is_unpacked(monkeypatch: pytest.MonkeyPatch, step: int, isal: bool, pack: object) -> None:
    assert callable(pack)
    if isal:
        pytest.importorskip("isal", reason="the extra `gz` is not installed")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    assert [line.raw for line in lines(given(monkeypatch, pack(LOG), step))] == EVENTS
    put_by = io.BytesIO()
    copy(given(monkeypatch, pack(LOG), step), put_by)
    assert put_by.getvalue() == LOG


OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: at\n"


@pytest.mark.parametrize("step", [1, 50, 1 << 20])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LOG.decode(), Kind.LOG),
        ("", Kind.LOG),
        ("\n\n", Kind.LOG),
        ("# a comment\n" + LOG.decode(), Kind.LOG),
        ("---\n" + LOG.decode(), Kind.LOG),
        ("INFO: starting\n" + LOG.decode(), Kind.LOG),
        ("INFO: starting\nit is up\napiVersion\n", Kind.LOG),
        ('{"payload": {"apiVersion": "v1"}}\n', Kind.LOG),
        ("{\n  " + LOG.decode()[1:], Kind.LOG),
        ("x" * 100_000, Kind.LOG),
        (OBJECT, Kind.MANIFEST),
        ("\ufeff" + OBJECT, Kind.MANIFEST),
        (OBJECT.replace("\n", "\r\n"), Kind.MANIFEST),
        ("---\n# Source: chart/templates/a.yaml\n\n" + OBJECT, Kind.MANIFEST),
        ("kind: List\napiVersion: v1\nitems: []\n", Kind.MANIFEST),
        ("metadata:\n  name: at\napiVersion: v1\n", Kind.MANIFEST),
        ("- apiVersion: v1\n  kind: Secret\n", Kind.MANIFEST),
        ("```yaml\n" + OBJECT, Kind.MANIFEST),
        ("yaml\n" + OBJECT, Kind.MANIFEST),
        ('{"apiVersion": "v1", "kind": "Secret"}\n', Kind.MANIFEST),
        ('{\n    "apiVersion": "v1",\n    "items": []\n}\n', Kind.MANIFEST),
        ("edition: at-2018\nservice:\n  name: key-vault\n", Kind.MANIFEST),
        ("service:\n  name: key-vault\nregistrations: []\n", Kind.MANIFEST),
        ("# fluentd\n<source>\n  @type tail\n</source>\n", Kind.CONFIGURATION),
        ("@include conf.d/*.conf\n", Kind.CONFIGURATION),
    ],
)
def test_standard_input_is_judged_as_what_it_begins_like(
    monkeypatch: pytest.MonkeyPatch, step: int, text: str, kind: Kind
) -> None:
    given(monkeypatch, text.encode(), step)
    (source,) = find(("-", "-"))
    assert source.kind is kind
    with opened(source) as stream:
        assert stream.read() == text.encode(), "nothing of what was looked at is lost"


def test_manifests_on_standard_input_are_told_of_as_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = OBJECT.replace("v1", "v7") + "data:\n  a: {'\n"
    (tmp_path / "a.yaml").write_text(text)
    (of_file,) = check_sources(find((str(tmp_path / "a.yaml"),)), Options()).findings
    given(monkeypatch, text.encode(), 30)
    (of_input,) = check_sources(find(("-",)), Options()).findings
    assert (of_input.code, of_input.message, of_input.place.line) == (of_file.code, of_file.message, of_file.place.line)


def test_zstd_on_standard_input_is_unpacked_where_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        zstd = pytest.importorskip("backports.zstd", reason="the extra `zst` is not installed")
    assert [line.raw for line in lines(given(monkeypatch, zstd.compress(LOG), 100))] == EVENTS


def test_zstd_without_its_reader_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression", None)
    monkeypatch.setitem(sys.modules, "backports", None)
    with pytest.raises(AtlintError, match=r"-: reading zstd needs the extra: pip install 'atlint\[zst\]'"):
        list(lines(given(monkeypatch, ZSTD, 100)))


def test_torn_gzip_on_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for take in (lambda source: list(lines(source)), lambda source: copy(source, io.BytesIO())):
        with pytest.raises(AtlintError, match="-: cannot be read to its end"):
            take(given(monkeypatch, gzip.compress(LOG)[:-20], 100))


def test_standard_input_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(AtlintError, match="-: standard input is closed"):
        list(lines(Source("-")))
