import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load import stream
from atlint.load.shelf import Shelf
from atlint.load.store import arrivals, wrap
from atlint.model import AtlintError


@given(st.lists(st.binary(min_size=1), min_size=1))
def test_every_byte_can_be_had_again(tmp_path_factory: pytest.TempPathFactory, raws: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "store"
    path.write_bytes(b"".join(wrap(raw, 12.5) for raw in raws))
    assert [arrival.raw for arrival in arrivals(path)] == raws
    assert {arrival.received for arrival in arrivals(path)} == {12.5}


@pytest.mark.parametrize("cut", [1, 5, 12, 20, 30])
def test_a_torn_end_is_passed_over_and_cut_off(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "store"
    path.write_bytes(wrap(b"one", 1) + wrap(b"two", 2)[:cut])
    assert [arrival.raw for arrival in arrivals(path)] == [b"one"]
    shelf = Shelf(path)
    shelf.open()
    shelf.put([b"three"], 3)
    shelf.close()
    assert [arrival.raw for arrival in arrivals(path)] == [b"one", b"three"]


def test_somebody_elses_file_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_bytes(b"no line feed")
    shelf = Shelf(path)
    shelf.open()
    shelf.put([b"x"], 1)
    shelf.close()
    assert [arrival.raw for arrival in arrivals(path)] == [b"no line feed", b"x"]


def test_plain_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"a\n\n \r\nb")
    assert list(arrivals(path)) == [(b"a", None, True, 1), (b"b", None, False, 4)]


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(gzip.compress(b"a\nb\n"))
    assert [arrival.raw for arrival in arrivals(path)] == [b"a", b"b"]


def test_damaged_gzip(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(gzip.compress(b"a\n" * 1000)[:-10])
    with pytest.raises(AtlintError, match="damaged"):
        list(arrivals(path))


def test_a_line_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST", 10)
    path = tmp_path / "lines"
    path.write_bytes(b"x" * 35 + b"\nshort\n" + b"y" * 10 + b"\n" + b"z" * 25)
    assert list(stream.lines(path)) == [
        (b"x" * 10, True),
        (b"short", True),
        (b"y" * 10, True),
        (b"z" * 10, False),
    ]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(AtlintError, match="cannot read"):
        list(arrivals(tmp_path / "none"))
