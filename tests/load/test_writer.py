import gzip
import os
from pathlib import Path

import pytest

from atlint.load import rotation
from atlint.load.event import Event
from atlint.load.rotation import Method, Rotation
from atlint.load.writer import Closed, Writer, pod_files
from atlint.model import AtlintError


def event(seq: int, *, pod: int = 0, size: int = 10, offset: float = 0.0) -> Event:
    return Event(seq, pod, offset, b"%0*d\n" % (size - 1, seq), "", None)


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    made = Writer(tmp_path, ("svc/a.log", "svc/b.log"))
    made.open()
    return made


def test_pods_have_names_of_their_own() -> None:
    names = pod_files("svc", "0badcafe", 300, first=7)
    assert len(set(names)) == 300
    assert names[0] == "svc/svc-7-0badcafe.log"
    assert all(name.count("/") == 1 for name in names)


def test_events_go_to_the_files_of_their_pods(writer: Writer, tmp_path: Path) -> None:
    events = [event(n, pod=n % 2) for n in range(6)]
    writer.write(events)
    assert (tmp_path / "svc/a.log").read_bytes() == b"000000000\n000000002\n000000004\n"
    assert [(each.name, each.number) for each in events[:3]] == [
        ("svc/a.log", 1),
        ("svc/b.log", 1),
        ("svc/a.log", 2),
    ]
    assert writer.close() == [
        Closed("svc/a.log", "svc/a.log", 30, 3, "closed"),
        Closed("svc/b.log", "svc/b.log", 30, 3, "closed"),
    ]
    assert (writer.files, writer.size) == (2, 60)


def test_the_first_pod_need_not_be_the_first_of_the_run(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ("a.log",), first=5)
    writer.open()
    writer.write([event(0, pod=5)])
    writer.close()
    assert (tmp_path / "a.log").read_bytes() == b"000000000\n"


def test_room_ends_before_a_file_exceeds_its_size(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ("a.log", "b.log"), Rotation(size=25))
    writer.open()
    events = [event(0), event(1, pod=1), event(2), event(3, pod=1), event(4)]
    assert writer.room(events) == 4
    writer.write(events[:4])
    assert writer.room(events[4:]) == 0
    assert writer.rotate(0) == [Closed("a.log.1", "a.log", 20, 2, "rotated")]
    assert writer.room(events[4:]) == 1
    assert writer.room([event(9, size=80)]) == 1, "a line longer than the size has a file of its own"
    writer.close()


def test_rotation_by_time_follows_the_intended_times(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ("a.log",), Rotation(every=2.0))
    writer.open()
    events = [event(n, offset=n * 0.7) for n in range(5)]
    assert writer.room(events) == 3
    writer.rotate(0, offset=events[3].offset)
    assert writer.room(events[3:]) == 2
    writer.close()


def test_rotated_names_count_upward_and_spare_what_is_there(writer: Writer, tmp_path: Path) -> None:
    (tmp_path / "svc/a.log.2").write_bytes(b"old")
    assert [writer.rename("svc/a.log")[0].name for _ in range(2)] == ["svc/a.log.1", "svc/a.log.3"]
    assert (tmp_path / "svc/a.log.2").read_bytes() == b"old"
    writer.close()


def test_copytruncate_keeps_the_file_and_its_inode(writer: Writer, tmp_path: Path) -> None:
    writer.rotation = Rotation(method=Method.COPYTRUNCATE)
    log = tmp_path / "svc/a.log"
    inode = log.stat().st_ino
    writer.write([event(0)])
    assert writer.rotate(0) == [Closed("svc/a.log.1", "svc/a.log", 10, 1, "copied")]
    writer.write([event(1)])
    assert log.read_bytes() == b"000000001\n"
    assert (tmp_path / "svc/a.log.1").read_bytes() == b"000000000\n"
    assert log.stat().st_ino == inode
    assert writer.copytruncate("svc/a.log", copy=False)[0].why == "truncated"
    assert log.read_bytes() == b""
    writer.close()


def test_compress_leaves_the_gzip_file_only(writer: Writer, tmp_path: Path) -> None:
    writer.write([event(0)])
    assert writer.compress("svc/a.log")[0].name == "svc/a.log.1.gz"
    assert gzip.decompress((tmp_path / "svc/a.log.1.gz").read_bytes()) == b"000000000\n"
    assert not (tmp_path / "svc/a.log.1").exists()
    writer.close()


@pytest.mark.parametrize("remove", [True, False])
def test_renew_goes_on_under_another_name(writer: Writer, tmp_path: Path, *, remove: bool) -> None:
    writer.write([event(0)])
    writer.renew("svc/a.log", remove=remove)
    writer.write([event(1)])
    assert (tmp_path / "svc/a.log").exists() is not remove
    assert (tmp_path / "svc/a-1.log").read_bytes() == b"000000001\n"
    writer.delete("svc/a-1.log")
    assert (tmp_path / "svc/a-1.log").read_bytes() == b""
    writer.close()


def test_a_torn_line_is_whole_before_the_next_one(writer: Writer, tmp_path: Path) -> None:
    torn = Event(0, 0, 0.0, '{"name":"é"}\n'.encode(), "", None)
    writer.tear(torn, finish=True)
    half = (tmp_path / "svc/a.log").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        half.decode()
    assert torn.number == 0
    writer.write([event(1)])
    assert (tmp_path / "svc/a.log").read_bytes() == torn.line + b"000000001\n"
    assert (torn.number, writer.healed) == (1, [torn])
    writer.close()


def test_an_unfinished_line_is_glued_to_the_next(writer: Writer, tmp_path: Path) -> None:
    writer.tear(event(0), finish=False)
    later = event(1)
    writer.write([later])
    assert (tmp_path / "svc/a.log").read_bytes() == b"00000000000001\n"
    assert later.number == 1
    writer.close()


def test_short_writes_are_continued(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ("a.log",), _write=lambda fd, data: os.write(fd, data[:7]))
    writer.open()
    writer.write([event(n) for n in range(5)])
    writer.close()
    assert (tmp_path / "a.log").read_bytes() == b"".join(event(n).line for n in range(5))


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    room = [35]

    def full(fd: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(28, "No space left on device")
        done = os.write(fd, data[: room[0]])
        room[0] -= done
        return done

    writer = Writer(tmp_path, ("a.log",), _write=full)
    writer.open()
    events = [event(n) for n in range(5)]
    with pytest.raises(AtlintError, match=r"cannot write to .*a\.log: No space left on device; free some space"):
        writer.write(events)
    assert (tmp_path / "a.log").read_bytes() == b"".join(each.line for each in events[:3])
    assert [each.number for each in events] == [1, 2, 3, 0, 0]
    assert writer.close()[0].bytes == 30


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"mine\n")
    with pytest.raises(AtlintError, match="exists"):
        Writer(tmp_path, ("a.log",)).open()
    assert (tmp_path / "a.log").read_bytes() == b"mine\n"


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AtlintError, match=r"cannot create .*Not a directory"):
        Writer(tmp_path / "file", ("svc/a.log",)).open()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50MB", Rotation(size=50_000_000)),
        ("30s", Rotation(every=30)),
        ("1KiB,2m", Rotation(size=1024, every=120)),
        ("2m, 1KiB", Rotation(size=1024, every=120)),
    ],
)
def test_rotation_as_people_write_it(text: str, expected: Rotation) -> None:
    assert rotation.parse(text) == expected


@pytest.mark.parametrize("text", ["", "x", "1MB,2MB", "1s,2s", "0s"])
def test_no_rotation(text: str) -> None:
    with pytest.raises(AtlintError):
        rotation.parse(text)
