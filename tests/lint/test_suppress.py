from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from atlint.lint.suppress import Entry, Suppressions
from atlint.model import AtlintError

TODAY = dt.date(2026, 1, 31)
FOUND = {
    "service": "kms",
    "action": "kms.secrets.read",
    "pointer": "/payload/target/id",
    "path": "logs/a.log",
}


def asked(*entries: Entry, code: str = "AT310", **fields: str) -> tuple[bool, list[dict[str, object]]]:
    suppressions = Suppressions(entries, TODAY)
    return suppressions.covers(code, **FOUND | fields), suppressions.idle()


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({"rule": "AT310"}, True),
        ({"rule": "crn-service-mismatch"}, True),
        ({"rule": "AT3"}, True),
        ({"rule": "AT311"}, False),
        ({"service": "kms"}, True),
        ({"service": "km"}, False),
        ({"service": "k?s"}, True),
        ({"action": "kms.*"}, True),
        ({"action": "KMS.*"}, False),
        ({"action": "[k]ms.*"}, False),
        ({"pointer": "/payload/*"}, True),
        ({"pointer": "/payload"}, False),
        ({"path": "a.log"}, True),
        ({"path": "*.log"}, True),
        ({"path": "logs/*"}, True),
        ({"path": "other/a.log"}, False),
        ({"rule": "AT310", "service": "kms", "action": "*.read", "pointer": "*/id", "path": "logs/*"}, True),
        ({"rule": "AT310", "service": "kms", "action": "*.read", "pointer": "*/id", "path": "old/*"}, False),
        ({"rule": "AT310", "service": "cos", "action": "*.read"}, False),
        ({"rule": "AT311", "service": "kms", "action": "*.read"}, False),
    ],
)
def test_fields_combine_with_and(fields: dict[str, str], *, covered: bool) -> None:
    found, idle = asked(Entry("so it is", **fields))
    assert found is covered
    assert idle == ([] if covered else [{**fields, "reason": "so it is", "state": "unused"}])


@pytest.mark.parametrize(
    ("path", "folder", "pattern", "covered"),
    [
        ("/srv/logs/a.log", "/srv", "logs/a.log", True),
        ("/srv/logs/a.log", "/srv", "logs/*", True),
        ("/srv/logs/a.log", "/etc", "logs/*", False),
        ("./logs//a.log", "", "logs/a.log", True),
        ("logs/a.log", "", "./logs/*", True),
        ("/srv/logs/a.log", "/srv", "./logs/a.log", True),
        ("/srv/logs/a.log", "/srv", "./a.log", False),
        ("/srv/logs/old/a.log", "/srv", "logs/", True),
        ("/srv/logs/a.log", "/srv", "log/", False),
        ("/srv/logs", "/srv", "logs/", False),
        ("-", "/srv", "-", True),
        ("-", "/srv", "*", True),
    ],
)
def test_a_path_is_found_from_the_configuration(path: str, folder: str, pattern: str, *, covered: bool) -> None:
    assert asked(Entry("x", path=pattern, folder=folder), path=path)[0] is covered


@pytest.mark.parametrize(
    ("until", "covered"),
    [(dt.date(2026, 1, 30), False), (dt.date(2026, 1, 31), True), (dt.date(2026, 2, 1), True), (None, True)],
)
def test_an_entry_counts_to_its_last_day(until: dt.date | None, *, covered: bool) -> None:
    found, idle = asked(Entry("x", rule="AT310", until=until))
    assert found is covered
    if not covered:
        assert idle == [{"rule": "AT310", "reason": "x", "until": "2026-01-30", "state": "expired"}]


def test_every_entry_that_matches_is_in_use() -> None:
    assert asked(Entry("x", rule="AT310"), Entry("y", service="kms"), Entry("z", service="cos")) == (
        True,
        [{"service": "cos", "reason": "z", "state": "unused"}],
    )


@pytest.mark.parametrize("until", [None, dt.date(2020, 1, 1)])
def test_an_unknown_rule_is_an_error_even_where_expired(until: dt.date | None) -> None:
    with pytest.raises(AtlintError, match="did you mean AT310"):
        Suppressions([Entry("x", rule="AT3100", until=until)], TODAY)


def test_the_folder_is_not_shown() -> None:
    assert "folder" not in Entry("x", rule="AT310", folder=str(Path.cwd())).as_json()
