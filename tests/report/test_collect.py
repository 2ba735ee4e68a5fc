from __future__ import annotations

from collections.abc import Callable

import pytest

from atlint.lint import Explanation
from atlint.lint.source import from_bytes
from atlint.model import Report, Severity, Span, Verdict
from atlint.report.check import Options, check_lines
from atlint.report.collect import MOST_EXAMPLES
from atlint.report.identity import fingerprint, key_of, shape
from atlint.report.redact import Redactor
from atlint.rules.selection import Choice


def bad_line(number: int, outcome: str = "done") -> bytes:
    crn = "crn:v1:bluemix:public:kms:us-south:a/0123456789abcdef0123456789abcdef:i::"
    line = (
        '{"meta":{"serviceProviderName":"kms","serviceProviderRegion":"ng","serviceProviderProjectId":'
        '"5e0b2c4a-7d19-4f83-a6b5-c1e09d8f7a32","userAccountIds":["0123456789abcdef0123456789abcdef"]},"payload":'
        '{"eventTime":"2018-11-29T08:14:52.07+0000","action":"kms.secrets.read","outcome":"%s","severity":"normal",'
        '"reason":{"reasonCode":200},"initiator":{"id":"IBMid-31%04d","name":"anna","typeURI":'
        '"service/security/account/user","credential":{"type":"user"},"host":{"address":"8.8.8.8"}},"target":'
        '{"id":"%s","name":"n","typeURI":"kms/secrets"}}}\n'
    )
    return (line % (outcome, number, crn)).encode()


def checked(raw: bytes, **options: object) -> Report:
    return check_lines(from_bytes(raw, "a.log"), Options(now=1769817600.0, **options), files=("a.log",))  # type: ignore[arg-type]


def test_one_mistake_on_many_lines_is_one_group_with_exact_counts() -> None:
    report = checked(b"".join(bad_line(number) for number in range(1000)))
    mine = [finding for finding in report.findings if finding.code == "AT103"]
    assert len(mine) == MOST_EXAMPLES
    assert sum(finding.count for finding in mine) == 1000
    assert len({finding.fingerprint for finding in mine}) == 1
    assert (mine[0].place.line, mine[0].last_line) == (1, 1000)
    assert report.summary["by_rule"]["AT103"] == 1000
    assert report.summary["by_severity"]["error"] == 1000
    assert report.summary["by_action"] == {"kms.secrets.read": 1000}


@pytest.mark.parametrize(
    ("options", "verdict"),
    [
        ({}, Verdict.FAIL),
        ({"fail_on": None}, Verdict.PASS),
        ({"choice": Choice(severity={"AT103": "warning"})}, Verdict.PASS),
        ({"choice": Choice(severity={"AT103": "warning"}), "fail_on": Severity.WARNING}, Verdict.FAIL),
        ({"choice": Choice(ignore=("AT103",))}, Verdict.PASS),
        ({"choice": Choice(select=("AT3",))}, Verdict.PASS),
        ({"choice": Choice(select=("value-not-allowed",))}, Verdict.FAIL),
    ],
)
def test_the_verdict_follows_the_threshold(options: dict[str, object], verdict: Verdict) -> None:
    assert checked(bad_line(1), **options).verdict is verdict


def test_an_empty_input_may_be_allowed() -> None:
    assert checked(b"").verdict is Verdict.NO_EVIDENCE
    assert checked(b"", allow_empty=True).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("crn:v1:bluemix:public", "crn:v2:staging:local", True),
        ("6e4c93cd-f28e-47f6", "00000000-1111-2222", True),
        ("2018-01-01 00:00", "2019-12-31 23:59", True),
        ("2018-01-01T00:00", "2018-01-01 00:00", False),
        ("a b c d", "some words of a sentence", True),
        (7, 8.5, False),
        (7, 8, True),
    ],
)
def test_shape_leaves_out_what_varies(one: object, other: object, same: bool) -> None:
    assert (shape(one) == shape(other)) is same


def test_identity_has_no_line_in_it(explain: Callable[..., Explanation]) -> None:
    found = [explain("at-2018", lambda d: d.put("outcome", "done"), which=0) for _ in range(2)]
    keys = [key_of(e.problems[0], "s", "a") for e in found]
    assert keys[0] == keys[1]
    assert fingerprint(keys[0]) == fingerprint(keys[1])


def test_what_is_hidden_of_a_line_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line of n faults must not cost n times n: events of half a megabyte are somebody's attack."""
    calls = []
    masks = Redactor.masks

    def counted(self: Redactor, explanation: Explanation) -> list[tuple[Span, str]]:
        calls.append(explanation.line.number)
        return masks(self, explanation)

    monkeypatch.setattr(Redactor, "masks", counted)
    strange = ",".join(f'"strange{number}":{number}' for number in range(50))
    report = checked(f"{{{strange}}}\n".encode() * 30)
    assert report.summary["by_rule"]["AT104"] == 1500
    assert len(calls) == len(set(calls)) < 30
