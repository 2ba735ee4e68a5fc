"""Nothing on a page is only claimed: examples are run, data is read, links are followed, names are looked up."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from atlint.plan.truth import read_json
from atlint.rules import FAMILIES, REGISTRY
from tests.generated.trace_page import WITHOUT
from tests.generated.walkthroughs import _with_gaps, fresh
from tests.pages.commands import every_option, faults, named
from tests.pages.formats import problems
from tests.pages.markdown import PAGES, ROOT, UNRUN, Block, parse, read
from tests.pages.session import Done, agrees, run, steps

#: `text` shows and claims nothing; only generated pages have it, and an excerpt that a rule's breaker made
INCLUDE = "include: [{remote: https://raw.example/OWNER/atlint/v1/.gitlab/atlint.yml}]"
LANGUAGES = {"console", "sh", "python", "toml", "yaml", "json", "ini", "groovy", "lua"}
RULE_PAGES = "docs/reference/rules/"
#: options in running text that are another program's
FOREIGN = {"--write", "--binary", "--at-", "--select", "--exit-code", "--ignore", "--namespace", "--all"}
#: a rule's page shows what its breaker made, and what was said of it: `tests.generated` runs that
RUN = [path for path in PAGES if not path.startswith(RULE_PAGES) and list(steps(read(path)))]
by_hand = pytest.mark.parametrize("path", [path for path in PAGES if not path.startswith(RULE_PAGES)])
every_page = pytest.mark.parametrize("path", PAGES)


def at(path: str, block: Block) -> str:
    return f"{path}:{block.line}"


@pytest.mark.parametrize("path", RUN)
def test_every_example_does_what_the_page_says(path: str) -> None:
    page = read(path)
    done = run(page)
    for each in done:
        said = f"{at(path, each.step.block)}: {each.step.command}\n{each.output}"
        assert "Traceback" not in each.output, said
        if each.step.shown is not None:
            assert agrees(each.step.shown, each.output), said
        if each.step.code is not None:
            assert each.code == each.step.code, f"exit code {each.code} of {said}"
    assert len(done) == len(list(steps(page))), f"took too long after {done[-1:]}"


@by_hand
def test_every_block_is_run_or_read_or_says_why_not(path: str) -> None:
    page = read(path)
    for block in page.blocks:
        if block.language == "text":
            assert page.generated, f"{at(path, block)}: a text that nothing holds"
            continue
        assert block.language in LANGUAGES, f"{at(path, block)}: a block of {block.language or 'no language'}"
        assert block.language not in {"groovy", "lua"} or block.unrun, f"{at(path, block)}: say that it is not run"


@by_hand
def test_blocks_that_are_not_run_are_well_formed(path: str) -> None:
    for block in read(path).blocks:
        if block.language == "python":
            ast.parse(block.text)
        if block.language in {"sh", "console"} and block.unrun:
            text = re.sub(r"^\$ ", "", block.text, flags=re.MULTILINE)
            done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
            assert done.returncode == 0, f"{at(path, block)}: {done.stderr}"


@by_hand
def test_data_is_what_it_claims_to_be(path: str) -> None:
    for block in read(path).blocks:
        assert not list(problems(block)), at(path, block)


@every_page
def test_links_lead_somewhere(path: str) -> None:
    for line, target in read(path).links:
        if re.match(r"https?:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (ROOT / path).parent / name if name else ROOT / path
        assert file.exists(), f"{path}:{line}: {target}"
        inside = file.resolve().relative_to(ROOT).as_posix()
        if anchor:
            assert anchor in read(inside).anchors, f"{path}:{line}: {target}"


@by_hand
def test_every_command_and_option_exists(path: str) -> None:
    page = read(path)
    for block in page.blocks:
        if block.language != "text":
            assert not [fault for rest in named(block.text) for fault in faults(rest)], at(path, block)
    # what a generated page quotes is a value of its schema
    for code in () if page.generated else page.codes:
        assert not [fault for rest in named(code) for fault in faults(rest)], (path, code)
        option = re.match(r"--[a-z][a-z-]*", code)
        if option and option[0] not in FOREIGN and not option[0].startswith("--at-"):
            assert option[0] in every_option(), (path, code)


@every_page
def test_every_rule_that_is_named_exists(path: str) -> None:
    for found in re.finditer(r"\bAT\d{3}\b", read(path).text):
        assert found[0] in REGISTRY, f"{path}: {found[0]}"
    for found in re.finditer(r"`(AT\d)`", read(path).text):
        assert found[1] in FAMILIES, f"{path}: {found[0]}"


def test_what_no_rule_holds_names_its_source() -> None:
    sources = read_json("vocabulary/sources.json")
    for cite, statement, why in WITHOUT:
        tag, _, section = cite.partition("#")
        assert tag in sources, cite
        assert section
        assert statement.endswith(".")
        assert why.endswith(".")


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[str] = set()
    ahead = ["README.md"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        for _, target in read(path).links:
            name = target.partition("#")[0]
            file = ((ROOT / path).parent / name).resolve()
            if name.endswith(".md") and "://" not in name and file.is_file():
                ahead.append(file.relative_to(ROOT).as_posix())
    assert set(PAGES) - seen == set()


# the tests of the tests: a page that is wrong is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```console\n$ atlint explain AT310 | head -1\n# AT311 another\n```\n", "AT310"),
        ("```sh\natlint check nothing.log\n```\n", "exit code 2"),
        ("```sh\natlint check nothing.log  # exit code 1\n```\n", "exit code 2"),
        ("```python\nassert 1 == 2\n```\n", "AssertionError"),
        ("```sh\natlint init --service key-vault\n```\n", "Name for people"),
    ],
)
def test_a_wrong_example_is_noticed(text: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = parse("docs/wrong.md", text)
    monkeypatch.setattr(f"{__name__}.read", lambda _path: wrong)
    with pytest.raises(AssertionError, match=said):
        test_every_example_does_what_the_page_says("docs/wrong.md")


@pytest.mark.parametrize(
    "text",
    [
        "```\nanything\n```\n",
        "```text\nanything\n```\n",
        "    indented\n",
        "```groovy\nstage('x')\n```\n",
        "```rb\n```\n",
    ],
)
def test_a_block_that_nothing_holds_is_noticed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = parse("docs/wrong.md", text)
    monkeypatch.setattr(f"{__name__}.read", lambda _path: wrong)
    with pytest.raises(AssertionError):
        test_every_block_is_run_or_read_or_says_why_not("docs/wrong.md")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```toml\ncolour = 1\n```\n", "colour"),
        ("```yaml\nservice: {name: a b}\n```\n", "registration.schema.json"),
        ('```json\n{\n  "summary": 1\n}\n```\n', "report.schema.json"),
        ("```yaml\nrepos:\n- repo: https://github.com/OWNER/atlint\n  hooks: [{id: atlnt}]\n```\n", "no hook atlnt"),
        ("```yaml\njobs: {a: {steps: [{uses: OWNER/atlint/.github/actions/atlint@v1}]}}\n```\n", "wants paths"),
        (f"```yaml\n{INCLUDE}\na: {{extends: .atlint, variables: {{AT_PATH: b}}}}\n```\n", "no variable AT_PATH"),
        (f"```yaml\n{INCLUDE}\na: {{extends: .atlnt}}\n```\n", "no job .atlnt"),
    ],
)  # fmt: skip
def test_wrong_data_is_noticed(text: str, said: str) -> None:
    (block,) = parse("docs/wrong.md", text).blocks
    assert any(said in problem for problem in problems(block))


def test_a_reason_makes_a_block_unrun() -> None:
    (block,) = parse("a.md", f"*{UNRUN}it needs a cluster.*\n\n```sh\nkubectl get pods\n```\n").blocks
    assert block.unrun == "it needs a cluster."
    assert not list(steps(parse("a.md", f"*{UNRUN}it needs a cluster.*\n\n```sh\nkubectl get pods\n```\n")))


@pytest.mark.parametrize(
    ("rest", "said"),
    [("chek a.log", "no command"), ("check a.log --colour", "no option"), ("check a.log --samples -o text", "")],
)
def test_names_are_looked_up(rest: str, said: str) -> None:
    assert said in "".join(faults(rest))


def test_commands_are_found_wherever_they_stand() -> None:
    text = "sh '.venv/bin/atlint check a --samples'\n- atlint ready b\nA=1 atlint sink --store c && atlint web\n"
    assert list(named(text)) == ["check a --samples", "ready b", "sink --store c", "web"]


def test_the_folder_of_a_page_is_there() -> None:
    folders = {read(path).folder for path in PAGES}
    assert all(folder.is_dir() for folder in folders if isinstance(folder, Path))


def test_what_a_page_leaves_out_stays_out_when_figures_change() -> None:
    shown = "run 0badcafe: seed 7\n...\n  manifest  run.jsonl\n"
    output = "run 1234abcd: seed 7\n  offered 400\n  manifest  run.jsonl\n"
    assert _with_gaps(shown, output) == "run 1234abcd: seed 7\n...\n  manifest  run.jsonl\n"
    assert _with_gaps(shown, "run 1234abcd: seed 7\n  manifest  run.json\n") is None


def test_what_did_not_end_as_it_should_is_put_on_no_page() -> None:
    step = next(steps(parse("page.md", "```console\n$ ls\nfile\n```\n")))
    crashed = Done(step, "Traceback (most recent call last):\n  ...\nConnectionRefusedError\n", 1)
    with pytest.raises(RuntimeError, match="no output for a page: ls"):
        fresh(parse("page.md", "```console\n$ ls\nfile\n```\n"), [crashed])
