from __future__ import annotations

from fractions import Fraction

import pytest

from atlint.model import AtlintError
from atlint.report.rate import Allowance, allowances


@pytest.mark.parametrize(
    ("limit", "findings", "events", "covered"),
    [
        ("0.1%", 1, 1000, True),
        ("0.1%", 1, 999, False),
        ("0.3%", 3, 1000, True),
        ("33.3%", 333, 1000, True),
        ("33.3%", 334, 1000, False),
        ("0%", 0, 0, True),
        ("100%", 1, 0, False),
    ],
)
def test_the_boundary_is_exact(limit: str, findings: int, events: int, *, covered: bool) -> None:
    assert allowances({"AT104": limit})["AT104"].covers(findings, events) is covered


def test_the_narrower_selector_counts_in_any_order() -> None:
    for said in ({"AT3": "5%", "AT310": "1%"}, {"crn-service-mismatch": "1%", "AT3": "5%"}):
        found = allowances(said)
        assert found["AT310"] == Allowance("1%", Fraction(1, 100))
        assert found["AT311"] == Allowance("5%", Fraction(1, 20))
        assert "AT401" not in found


@pytest.mark.parametrize("share", ["1", "%", "-1%", "1e3%", "0,1%", "NaN%", "1" * 20 + "%"])
def test_what_is_no_share(share: str) -> None:
    with pytest.raises(AtlintError, match=r"such as 0\.1%"):
        allowances({"AT104": share})
