import pytest

from atlint.load.identity import MOST_FILES
from atlint.load.orders import parse
from atlint.load.scenarios import IMFILE, IN_TAIL, SCENARIOS, Truth, scenario
from atlint.load.units import duration
from atlint.model import AtlintError

#: the names that users give, which stay
NAMED = [
    "torn-write",
    "rename-rotation",
    "copytruncate",
    "early-delete",
    "short-lived-file",
    "inode-reuse",
    "shared-file",
    "gz-beside",
    "at-no-rotate",
    "slow-sink",
    "unauthorized",
    "restart",
]


def test_their_names_stay() -> None:
    assert list(SCENARIOS) == NAMED


@pytest.mark.parametrize("name", NAMED)
def test_each_is_documented_and_has_a_truth(name: str) -> None:
    found = scenario(name)
    assert len(found.documentation) > 100
    assert set(found.truth) == {IN_TAIL, IMFILE}
    assert all(truth.why for truth in found.truth.values())
    assert all(0 <= act.at <= 1 for act in found.acts)
    assert found.acts or found.shared or found.beside or found.sink
    for option, value in found.sink.items():
        assert {"fail": parse, "delay": duration}[option](value)


@pytest.mark.parametrize("name", NAMED)
def test_files_lie_at_most_two_folders_below(name: str) -> None:
    names = scenario(name).files("at", "svc", "0badcafe", 4)
    assert len(set(names)) == (2 if name == "shared-file" else 4)
    assert all(each.removeprefix("../").count("/") <= 2 for each in names)
    assert all(each.startswith("../at-no-rotate/") is (name == "at-no-rotate") for each in names)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(AtlintError, match="torn-write, rename-rotation"):
        scenario("torn")


def test_a_truth_names_what_contradicts_it() -> None:
    truth = Truth(frozenset({"lost"}), frozenset({"duplicated"}))
    assert truth.against({"sent": 9, "delivered": 8, "lost": 1, "duplicated": 0, "foreign": 0}) == ()
    assert truth.against({"sent": 9, "delivered": 9, "lost": 0, "duplicated": 3, "foreign": 1}) == ("lost", "foreign")


def test_too_many_pods(harness: object) -> None:
    with pytest.raises(AtlintError, match="at most"):
        harness.load(pods=MOST_FILES + 1)  # type: ignore[attr-defined]  # the fixture's class is the conftest's
