import pytest

from atlint.load import units
from atlint.model import AtlintError


@pytest.mark.parametrize(
    ("text", "seconds"), [("8s", 8), ("2m", 120), ("1h", 3600), ("250ms", 0.25), ("1.5s", 1.5), ("0s", 0)]
)
def test_duration(text: str, seconds: float) -> None:
    assert units.duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "count"),
    [("1300KB", 1_300_000), ("50MB", 50_000_000), ("4KiB", 4096), ("1.5MiB", 1_572_864), ("7B", 7)],
)
def test_size(text: str, count: int) -> None:
    assert units.size(text) == count


@pytest.mark.parametrize("text", ["", "8", "s", "-1s", "1 y", "8S", "1e3s", "٣s"])
def test_no_duration(text: str) -> None:
    with pytest.raises(AtlintError, match="not a duration"):
        units.duration(text)


@pytest.mark.parametrize("text", ["", "50", "50mb", "0MB", "0.5B", "-1KB", "1s"])
def test_no_size(text: str) -> None:
    with pytest.raises(AtlintError, match="not a"):
        units.size(text)
