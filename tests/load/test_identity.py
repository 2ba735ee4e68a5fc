import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.load import identity
from atlint.model import AtlintError

RUNS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
FILES = st.integers(0, identity.MOST_FILES - 1)
SEQS = st.integers(0, identity.MOST_EVENTS - 1)


@given(run=RUNS, file=FILES, seq=SEQS)
def test_there_and_back(run: str, file: int, seq: int) -> None:
    text = identity.encode(run, file, seq)
    assert len(text) == 36
    assert identity.decode(text) == identity.decode(text.upper()) == (run, file, seq)
    assert identity.find(f'{{"payload": {{"x":1,"id" : "{text}", "b": "tor'.encode()) == (run, file, seq)


@pytest.mark.parametrize(
    ("run", "file", "seq"), [("0123456", 0, 0), ("0123456G", 0, 0), ("01234567", 65536, 0), ("01234567", 0, -1)]
)
def test_what_does_not_fit(run: str, file: int, seq: int) -> None:
    with pytest.raises(AtlintError, match="do not fit"):
        identity.encode(run, file, seq)


@pytest.mark.parametrize("text", ["", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "01234567-0000-8000-8000-0000000000"])
def test_other_ids(text: str) -> None:
    assert identity.decode(text) is None
    assert identity.find(f'{{"id":"{text}"}}'.encode()) is None


def test_an_id_must_be_the_value_of_id() -> None:
    text = identity.encode("01234567", 1, 2)
    assert identity.find(f'{{"name":"{text}"}}'.encode()) is None


def test_a_run_is_its_facts() -> None:
    assert identity.run_of("a", "b") == identity.run_of("a", "b") != identity.run_of("ab", "")
