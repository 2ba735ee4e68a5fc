from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from atlint import config
from atlint.lint.suppress import Entry
from atlint.model import AtlintError


def loaded(tmp_path: Path, text: str, name: str = "atlint.toml") -> config.Config:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        """
        edition = "auto"
        registration = "reg.yaml"
        kube = ["deploy", "fluentd.conf"]
        select = ["AT3"]
        extend-select = ["AT203"]
        fail-on = "warning"
        output = ["text", "sarif:r.sarif"]
        samples = true
        show-values = true
        baseline = "known.json"
        verbs = ["defrost"]
        [severity]
        AT310 = "warning"
        [max-rate]
        AT104 = "0.1%"
        [aliases]
        cos = ["cloud-object-storage"]
        [[ignore]]
        rule = "AT310"
        path = "old/*"
        reason = "fixed in the next release"
        until = 2026-12-31
        [[ignore]]
        action = "kms.*"
        reason = "not ours"
        until = "2026-12-31"
        """,
    )
    day, folder = dt.date(2026, 12, 31), str(tmp_path)
    assert found == config.Config(
        path=str(tmp_path / "atlint.toml"),
        edition="auto",
        registration=str(tmp_path / "reg.yaml"),
        kube=(str(tmp_path / "deploy"), str(tmp_path / "fluentd.conf")),
        select=("AT3",),
        extend_select=("AT203",),
        entries=(
            Entry("fixed in the next release", rule="AT310", path="old/*", until=day, folder=folder),
            Entry("not ours", action="kms.*", until=day, folder=folder),
        ),
        severity={"AT310": "warning"},
        fail_on="warning",
        max_rate={"AT104": "0.1%"},
        output=("text", "sarif:r.sarif"),
        samples=True,
        show_values=True,
        baseline=str(tmp_path / "known.json"),
        verbs=("defrost",),
        aliases={"cos": ("cloud-object-storage",)},
    )


@pytest.mark.parametrize(("name", "table"), [("atlint.toml", ""), ("pyproject.toml", "[tool.atlint]\r\n")])
def test_a_file_of_windows_is_read(tmp_path: Path, name: str, table: str) -> None:
    assert loaded(tmp_path, f'\ufeff{table}fail-on = "warning"\r\n', name).fail_on == "warning"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = ", "not TOML"),
        ('selct = ["AT3"]', "unknown key 'selct': did you mean 'select'?"),
        ('[tool.atlint]\nselect = ["AT3"]', "[tool.atlint] is for pyproject.toml"),
        ('select = "AT3"', "select: "),
        ('fail-on = "always"', "fail-on: "),
        ('[max-rate]\nAT104 = "1"', "max-rate.AT104: a share such as 0.1% is expected, not '1'"),
        ('verbs = ["go", "Go on"]', "verbs.1: a lower-case word such as bulk-delete is expected, not 'Go on'"),
        ('output = [":r.sarif"]', "output.0: FORMAT or FORMAT:FILE is expected, not ':r.sarif'"),
        ('select = [""]', "select.0: a text is expected, not an empty one"),
        ('baseline = ""', "baseline: a text is expected, not an empty one"),
        ('[[ignore]]\nrule = "AT310"', "ignore.0: an ignore entry needs a reason"),
        ('[[ignore]]\nrule = "AT310"\nreason = " "', "ignore.0: an ignore entry needs a reason"),
        ('[[ignore]]\nreason = "x"', "needs a rule, service, action, pointer or path"),
        ('[[ignore]]\nreason = "x"\nuntil = 2026-12-31', "needs a rule, service, action, pointer or path"),
        ('[[ignore]]\nrule = "AT310"\nreason = "x"\nline = 3', "ignore.0: unknown key 'line'"),
        ('[[ignore]]\nrul = "AT310"\nreason = "x"', "did you mean 'rule'?"),
        ('[[ignore]]\nrule = 310\nreason = "x"', "ignore.0.rule: a text is expected, not 310"),
        (
            '[[ignore]]\nrule = "AT310"\nreason = "x"\nuntil = "soon"',
            "ignore.0.until: a date such as 2026-12-31 is expected, not 'soon'",
        ),
        ('[[ignore]]\nrule = "AT310"\nreason = "x"\nuntil = 7', "ignore.0.until: a date"),
        ("ignore = [3]", "ignore.0: a text or a table is expected, not 3"),
        ("edition = 3", "edition: 3 is none of at-2018, at-2019, at-2020, at-2025, auto"),
        ('severity.AT101 = "bad"', "severity.AT101: 'bad' is none of error, warning, info, off"),
        ("samples = 3", "samples: true or false is expected, not 3"),
        (
            '[[ignore]]\nrule = "AT9999"\nreason = "x"',
            "ignore.0.rule: unknown rule 'AT9999': did you mean AT909? `atlint",
        ),
        ('ignore = ["AT104", "quite another"]', "ignore.1: unknown rule 'quite another'; `atlint explain --all`"),
        ('select = ["AT3100"]', "select.0: unknown rule 'AT3100': did you mean AT310?"),
        ('extend-select = ["AT3100"]', "extend-select.0: unknown rule"),
        ('severity.AT3100 = "error"', "severity: unknown rule 'AT3100'"),
        ('max-rate.AT3100 = "1%"', "max-rate: unknown rule 'AT3100'"),
        ('max-rate.AT310 = "100.1%"', "max-rate of AT310: 100.1% is more than all events"),
        ('output = ["jsn"]', "output.0: unknown output format 'jsn': did you mean 'json'?"),
        ('output = ["json:"]', "output.0: "),
    ],
)
def test_a_mistake_is_told_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AtlintError) as error:
        loaded(tmp_path, text)
    assert said in str(error.value)
    assert str(tmp_path / "atlint.toml") in str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.atlint]\nfoo = 1", ": [tool.atlint]: unknown key 'foo'"),
        ("[tool.atlint]\nedition = 3", ": tool.atlint.edition: 3 is none of at-2018"),
        ("[[tool.atlint.ignore]]\nrule = 'AT310'", ": tool.atlint.ignore.0: an ignore entry needs a reason"),
        ("[tool]\natlint = 3", ": tool.atlint: a table is expected, [tool.atlint], not 3"),
        ("[project]\nname = 'x'", "there is no table [tool.atlint] in it"),
        ("tool = 3", "there is no table [tool.atlint] in it"),
    ],
)
def test_a_mistake_among_the_tables_of_others_is_told_of_its_own(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AtlintError) as error:
        loaded(tmp_path, text, "pyproject.toml")
    assert str(error.value).startswith(str(tmp_path / "pyproject.toml"))
    assert said in str(error.value)


def test_the_nearest_file_alone_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "atlint.toml").write_text('fail-on = "info"', encoding="utf-8")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'", encoding="utf-8")
    assert config.find(inner) == tmp_path / "atlint.toml"
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.atlint]\nsamples = true", encoding="utf-8")
    assert config.find(inner) == tmp_path / "a" / "pyproject.toml"
    assert config.load(tmp_path / "a" / "pyproject.toml") == config.Config(
        path=str(tmp_path / "a" / "pyproject.toml"), samples=True
    )
