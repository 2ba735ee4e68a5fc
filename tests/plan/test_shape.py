from __future__ import annotations

import json

import pytest

from atlint.lint.examples import compliant
from atlint.plan import EDITIONS
from atlint.plan.shape import fitting, marks, nearest, shapes

#: the record's own members, as they stand at the root of a flat event
RECORD = {"eventTime", "action", "outcome", "initiator", "target"}


@pytest.mark.parametrize(
    ("keys", "editions"),
    [
        ({"meta", "payload"}, ("at-2018",)),
        ({"payload", "logSourceCRN", "saveServiceCopy"}, ("at-2019",)),
        ({"payload", "logSourceCRN"}, ("at-2019",)),
        ({"meta", "payload", "logSourceCRN"}, ("at-2019",)),
        ({"logSourceCRN", "saveServiceCopy", *RECORD}, ("at-2025", "at-2020")),
        ({"logSourceCRN", "resourceGroupId", *RECORD}, ("at-2020", "at-2025")),
        ({"logSourceCRN", "meta", *RECORD}, ("at-2025", "at-2020")),
        ({"meta", "payload", "saveServiceCopy"}, ()),
        (RECORD, ()),
        (set(), ()),
    ],
)
def test_root_keys_tell_the_edition(keys: set[str], editions: tuple[str, ...]) -> None:
    assert fitting(keys) == editions


@pytest.mark.parametrize(
    ("keys", "edition"),
    [
        ({"payload"}, "at-2018"),
        ({"meta"}, "at-2018"),
        ({"meta", "payload", "saveServiceCopy"}, "at-2019"),
        ({"payload", "saveServiceCopy"}, "at-2019"),
        (RECORD, "at-2025"),
        (RECORD | {"meta"}, "at-2025"),
        (RECORD | {"resourceGroupId"}, "at-2025"),
        ({"something", "else"}, "at-2025"),
    ],
)
def test_what_fits_none_goes_to_the_nearest(keys: set[str], edition: str) -> None:
    assert fitting(keys) == ()
    assert nearest(keys) == edition


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_edition_fits_its_own_examples(edition: str) -> None:
    for event in compliant(edition):
        assert edition in fitting(event), json.dumps(event)[:200]


def test_marks_are_those_of_the_shapes() -> None:
    assert set(marks()) == set().union(*(shape.has | shape.lacks | shape.often for shape in shapes()))
