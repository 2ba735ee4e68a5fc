"""The closed and open sets of words, and the grammars in words, from `schemas/vocabulary` and `schemas/grammar`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from atlint.plan import grammar
from atlint.plan.truth import read_json, read_text
from tests.generated.page import ROOT, Page, made, table

_VOCABULARY = ROOT / "schemas" / "vocabulary"
_GRAMMARS = ROOT / "schemas" / "grammar"
#: has a page of its own
_ELSEWHERE = {"sources"}


def pages() -> Iterator[Page]:
    """Both."""
    yield made("docs/reference/vocabularies.md", _vocabularies())
    yield made("docs/reference/grammars.md", _grammars())


def _vocabularies() -> Iterator[str]:
    yield from (
        "# The vocabularies",
        "",
        "The words that rules know: `schemas/vocabulary`, of which this page is written. Where each comes from is in",
        "[the trace](trace.md).",
        "",
    )
    for path in sorted(_VOCABULARY.glob("*.json")):
        if path.stem not in _ELSEWHERE:
            yield from (f"## {path.stem.replace('-', ' ').capitalize()}", "")
            yield from _vocabulary(read_json(f"vocabulary/{path.name}"))


def _vocabulary(content: Mapping[str, Any]) -> Iterator[str]:
    if "$comment" in content:
        yield from (content["$comment"], "")
    sets = content.get("$defs", {}) or ({"": content} if "enum" in content else {})
    for name, schema in sets.items():
        heard = ", ".join(f"`{word}`" for word in schema["enum"])
        yield from (f"- {name}: {heard}" if name else f"- {heard}",)
    if sets:
        yield ""
        return
    for name, value in content.items():
        if name not in {"$comment", "cites"}:
            yield from _entry(name, value)


def _entry(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        yield from (f"- {name}: {', '.join(f'`{word}`' for word in value)}", "")
    elif isinstance(value, list):
        heads = list(dict.fromkeys(key for row in value for key in row))
        yield from table(heads, ([_said(row.get(key, "")) for key in heads] for row in value))
    elif isinstance(value, dict):
        yield from table((name, ""), ((f"`{key}`", _said(each)) for key, each in value.items()))
    else:
        yield from (f"- {name}: `{value}`", "")


def _said(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{word}`" for word in value)
    if isinstance(value, str):
        return f"`{value}`" if value and not re.search(r"\w \w", value) else value
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _grammars() -> Iterator[str]:
    yield from (
        "# The grammars",
        "",
        "Each is one file under `schemas/grammar`, in lark's notation. From it come the expression that accepts, the",
        "parser that explains in the words below, and the generator. `fluentd` is read by lark alone: a configuration",
        "file is no regular language.",
        "",
    )
    for path in sorted(_GRAMMARS.glob("*.lark")):
        yield from (f"## {path.stem}", "")
        text = read_text(f"grammar/{path.name}")
        about = re.match(r"(?://[^=][^\n]*\n)+", text)
        if about:
            kept = [line[2:].strip() for line in about[0].splitlines() if '"//=' not in line]
            yield from (*kept, "")
        yield from _words(path.stem, text)


def _words(name: str, text: str) -> Iterator[str]:
    if name == "fluentd":
        yield from ("```text", text.strip(), "```", "")
        return
    known = grammar.load(name)
    rows = (
        (f"`{rule}`", known.words.get(rule, ""), f"`{expression}`" if len(expression) < 100 else "its parts")
        for rule, expression in known.rules.items()
    )
    yield from table(("part", "in words", "expression"), rows)
