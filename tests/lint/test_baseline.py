from __future__ import annotations

import json
from pathlib import Path

import pytest

from atlint.lint import baseline
from atlint.lint.baseline import Baseline, Known, load
from atlint.model import AtlintError, Severity

KEY = ("AT310", "kms", "kms.secrets.read", "/payload/target/id", "w:+w::")
ENTRY = dict(zip(baseline.PARTS, KEY, strict=True)) | {"severity": "error", "count": 3}


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "known.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("known", [{}, {KEY: Known(Severity.INFO, 7), (*KEY[:4], "\ud800\x1b"): Known(Severity.ERROR)}])
def test_what_is_written_is_read(tmp_path: Path, known: dict[baseline.Key, Known]) -> None:
    path = written(tmp_path, "".join(Baseline("", known).text()))
    assert load(path).known == known
    assert path.read_text(encoding="ascii").endswith("}\n")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ([], "not a baseline"),
        ({"findings": []}, "not a baseline"),
        ({"atlint-baseline": 2, "findings": []}, "version 2; this atlint reads 1"),
        ({"atlint-baseline": 1}, "/findings: a list"),
        ({"atlint-baseline": 1, "findings": [3]}, "/findings/0: an object"),
        ({"atlint-baseline": 1, "findings": [ENTRY | {"line": 3}]}, "'line' is not part of an entry"),
        ({"atlint-baseline": 1, "findings": [ENTRY, {"rule": "AT310"}]}, "/findings/1/service: a string"),
        ({"atlint-baseline": 1, "findings": [ENTRY | {"count": 0}]}, "/findings/0/count: a number from 1"),
        ({"atlint-baseline": 1, "findings": [ENTRY | {"severity": "bad"}]}, "/findings/0/severity: error, warning"),
        ({"atlint-baseline": 1, "findings": [ENTRY | {"rule": "AT999"}]}, "unknown rule 'AT999'"),
    ],
)
def test_a_file_that_is_no_baseline_says_where(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(AtlintError) as error:
        load(written(tmp_path, document))
    assert said in str(error.value)
    assert "known.json" in str(error.value)


def test_recording_counts_and_keeps_the_heaviest() -> None:
    recorded = Baseline(recording=True)
    for severity in (Severity.WARNING, Severity.ERROR, Severity.INFO):
        assert recorded.covers(KEY, severity)
    assert recorded.known == {KEY: Known(Severity.ERROR, 3)}
    recorded.settle({"AT310"})
    assert recorded.idle == ()


def test_recording_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "MOST", 1)
    recorded = Baseline(recording=True)
    recorded.covers(KEY, Severity.INFO)
    with pytest.raises(AtlintError, match="too many for a baseline"):
        recorded.covers(("AT311", *KEY[1:]), Severity.INFO)


@pytest.mark.parametrize(
    ("known", "found", "covered"),
    [("info", "error", False), ("error", "error", True), ("error", "info", True), ("warning", "error", False)],
)
def test_what_is_known_may_only_become_lighter(known: str, found: str, *, covered: bool) -> None:
    assert Baseline("", {KEY: Known(Severity(known))}).covers(KEY, Severity(found)) is covered
