"""Family AT1, strings as such: what is left of a template, of a masked sample, of careless padding."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from typing import Final

from atlint.model import Problem, Said, Span
from atlint.plan import Node
from atlint.rules.draft import Draft
from atlint.rules.reading import Reading
from atlint.rules.reads import EACH_STRING, apart
from atlint.rules.rule import ERROR, INFO, WARNING, Case, Rule, Stage, always

#: surely the mark of a template, wherever it stands
_TEMPLATE: Final = re.compile(
    r"\$\{[^{}\s]{0,80}\}|\{\{[^{}]{0,80}\}\}|<[A-Z][A-Z0-9_ -]{0,60}>|(?<![A-Za-z0-9_])(?:YOUR|USER)_[A-Z0-9_]+"
)
#: these too, in a value that has a form of its own or is nothing else
_IN_FORM: Final = re.compile(r"<[^<>]{1,80}>|(?<![A-Za-z0-9])\$[A-Za-z_][A-Za-z0-9_]*")
#: marks of one value that are told: more of them are a text that is made of them
_MOST: Final = 100
_MASK: Final = re.compile(r"(?<![A-Za-z])[xX]{4,}(?![A-Za-wyz])|\*{3,}|(?<![A-Za-z])X{3,}(?![A-Za-z])")


def _own(reading: Reading) -> Iterator[tuple[str, str, Node]]:
    """The strings of the event's own fields: not those of the service's data, where anything may stand."""
    for pointer, text, node in reading.strings():
        if node is not None and node.form != "at-embedded-json" and reading.sound(pointer):
            yield pointer, text, node


def _formed(node: Node) -> bool:
    return bool(node.form or node.choices)


def _problem(code: str, pointer: str, text: str, span: Span) -> Problem:
    whole = span == (0, len(text))
    return Problem(
        code,
        pointer,
        "",
        {"said": Said(text[span.start : span.end], pointer)},
        within=None if whole else span,
    )


def _placeholders(reading: Reading) -> Iterator[Problem]:
    for pointer, text, node in _own(reading):
        pattern = _TEMPLATE
        if _formed(node) or _IN_FORM.fullmatch(text):
            pattern = _EITHER
        for found in itertools.islice(pattern.finditer(text), _MOST):
            yield _problem("AT110", pointer, text, Span(*found.span()))


_EITHER: Final = re.compile(f"{_TEMPLATE.pattern}|{_IN_FORM.pattern}")


def _padding(reading: Reading) -> Iterator[Problem]:
    for pointer, text, node in _own(reading):
        bare = text.strip()
        if bare == text or node.choices is not None or pointer in reading.spoilt:
            continue
        said = Said(text, pointer)
        if bare:
            yield Problem("AT111", pointer, "", {"said": said}, repair=bare)
        else:
            yield Problem("AT111", pointer, "blank", {"said": said})


def _unpadded(text: str) -> bool:
    return text == text.strip()


#: white space as JSON can write it; none lies beyond U+3000
_BLANKS: Final = (
    *filter(str.isspace, map(chr, range(0x3001))), "\\t", "\\n", "\\r", "\\f",
)  # fmt: skip

#: the same at an end of a text
_BLANK_ENDS: Final = (*(f'"{blank}' for blank in _BLANKS), *(f'{blank}"' for blank in _BLANKS))


def _masks(reading: Reading) -> Iterator[Problem]:
    for pointer, text, node in _own(reading):
        for found in itertools.islice(_MASK.finditer(text), _MOST):
            if _formed(node) or found.span() == (0, len(text)):
                yield _problem("AT112", pointer, text, Span(*found.span()))


def _leave_placeholder(draft: Draft, draw: random.Random) -> str:
    left = draw.choice(["YOUR_NAME", "${user.name}", "<USER_NAME>", "{{ name }}", "$name", "USER_NAME"])
    return draft.put(draw.choice(["target/name", "initiator/name"]), left)


def _pad(draft: Draft, draw: random.Random) -> str:
    pad = draw.choice([" {}", "{} ", "\t{}", "{}\n"])
    return draft.put("target/name", pad.format(draw.choice(["cluster one", "späti"])))


def _mask(draft: Draft, draw: random.Random) -> str:
    return draft.put("target/name", draw.choice(["xxxx", "XXXXXXXX", "****", "***"]))


RULES: Final = (
    Rule(
        code="AT110",
        name="placeholder-value",
        summary="A placeholder of a template was never replaced.",
        cases={
            "": Case(
                "the placeholder {said} was never replaced",
                always(ERROR),
                help="put the real value here before the service is deployed",
            )
        },
        what="Looks for `YOUR_...`, `USER_...`, `<...>`, `${...}`, `$name` and `{{...}}` in the event's own fields. "
        "The service's own data in requestData and responseData may hold such text and is left alone.",
        why="To a JSON parser it is a string like any other: the event is accepted and then belongs to no account, no "
        "space and no region.",
        repair="Replace it. In documents and fixtures, where placeholders are meant, check with `--samples`.",
        cites=("SEED#placeholders of the sample",),
        stage=Stage.TEXT,
        check=_placeholders,
        reads=apart(EACH_STRING),
        breaker=_leave_placeholder,
        hints=("<", "$", "{{", "YOUR_", "USER_"),
    ),
    Rule(
        code="AT111",
        name="padded-value",
        summary="A value has white space at its ends.",
        cases={
            "": Case("the value has white space at its ends", always(WARNING), help="strip it", fix="safe"),
            "blank": Case("the value is nothing but white space", always(WARNING), help="fill it in"),
        },
        what="Looks at both ends of every string of the event's own fields.",
        why="Consumers compare whole values: one with a blank equals none of the others.",
        repair="Strip the value where it enters the service.",
        cites=("EV20#event fields",),
        stage=Stage.TEXT,
        check=_padding,
        reads=apart(EACH_STRING, quiet=_unpadded, hints=_BLANK_ENDS),
        hints=_BLANKS,
        breaker=_pad,
    ),
    Rule(
        code="AT112",
        name="masked-value",
        summary="A value is masked: the sample of a document, not an event.",
        cases={"": Case("{said} is a mask, not a value", always(INFO), help="log the value itself")},
        what="Looks for runs of x or * in place of a value.",
        why="A masked identifier identifies nobody. The fields where personal data may stand are exempt from masking.",
        repair="Log the identifier; the tracker and its readers guard it.",
        cites=("EV20#personal data",),
        stage=Stage.TEXT,
        check=_masks,
        reads=apart(EACH_STRING),
        breaker=_mask,
        hints=(*map("".join, itertools.product("xX", repeat=3)), "***"),
    ),
)
