"""A text to where secrets stand in it, whatever is known of the text: credentials, and accounts within CRNs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed hides it; json.decoder exports it
from typing import Final

from atlint.lint.needles import doubt
from atlint.model import Span
from atlint.report.redact.masks import merged
from atlint.rules.credentials import NEEDED, hidden_spans, random_spans

#: the account of a CRN, wherever the CRN stands
_BEFORE_ACCOUNT: Final = ":a/"
_ACCOUNT: Final = re.compile(r"""[^:\s"'\\]+""")
_CRN: Final = "crn:v1:"
#: the same of an account that lacks what should stand before it
_BARE_ACCOUNT: Final = re.compile(_CRN + r"""(?:[^:\s"'\\]*:){4}([0-9a-f]{32})(?![^:\s"'\\])""")
#: quick, and most texts hold none
_may_hold_secrets: Final = doubt(NEEDED)
#: a word as in `password: must be changed`
_WORD: Final = re.compile(r"(?<=\s)[a-z]+")
#: a string of JSON, without its quotes
_LITERAL: Final = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"?', re.DOTALL)


def secrets_in(text: str, *, show_values: bool, wary: bool) -> tuple[list[Span], list[tuple[Span, list[str]]]]:
    """Where secrets stand, in order, no two of them overlapping; and JSON strings that hold some as they are meant.

    The latter are those that do not hold them as they are written, each with what it holds. Where values are shown, an
    account is no secret; who is `wary` takes runs that look random for some, too.
    """
    return _places(text, show_values, wary), [*_spelt_otherwise(text, show_values, wary)]


def _places(text: str, show_values: bool, wary: bool) -> list[Span]:  # noqa: FBT001 - said above
    spans = list(hidden_spans(text)) if _may_hold_secrets(text) else []
    if wary:
        spans += random_spans(text)
    if not show_values and _BEFORE_ACCOUNT in text:
        spans += _accounts(text)
    if not show_values and _CRN in text:
        spans += (Span(*found.span(1)) for found in _BARE_ACCOUNT.finditer(text))
    return [span for span, _ in merged((span, "") for span in spans)] if len(spans) > 1 else spans


def _spelt_otherwise(text: str, show_values: bool, wary: bool) -> Iterator[tuple[Span, list[str]]]:  # noqa: FBT001
    """Words of running text are not among what such a string holds."""
    for found in _LITERAL.finditer(text) if "\\" in text else ():
        if "\\" not in found[1]:
            continue
        start, end = found.span(1)
        try:
            meant = scanstring(text, start, False)[0]  # noqa: FBT003 - the C function takes it by place only
        except ValueError:  # it breaks off, or has an escape that JSON has not
            continue
        places, inner = secrets_in(meant, show_values=show_values, wary=wary)
        if places or inner:
            yield Span(start, end), [*apart_from_words(meant, places), *(one for _, more in inner for one in more)]


def apart_from_words(text: str, places: list[Span]) -> Iterator[str]:
    """The secrets at these places, but for the words of running text: sentences are made of such, too."""
    return (text[start:end] for start, end in places if not _WORD.fullmatch(text, start, end))


def _accounts(text: str) -> Iterator[Span]:
    """The accounts within CRNs."""
    at = text.find(_BEFORE_ACCOUNT)
    while at >= 0:
        at += len(_BEFORE_ACCOUNT)
        if found := _ACCOUNT.match(text, at):
            yield Span(*found.span())
        at = text.find(_BEFORE_ACCOUNT, at)
