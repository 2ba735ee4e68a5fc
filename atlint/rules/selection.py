"""Which rules a Plan holds and how much each weighs: `--select`, `--ignore`, `--severity` and their like."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from atlint.model import AtlintError, Severity
from atlint.plan import Plan, Settings, compile_plan
from atlint.plan.registration import Registration
from atlint.rules import REGISTRY
from atlint.rules.rule import Rule

#: rules that look for what is left of a template: advice with `--samples`, for documents and fixtures, as are the
#: cases of other rules that are called so
_SAMPLES: Final = ("AT110", "AT112")
_PLACEHOLDER: Final = "placeholder"
#: cases that `--samples` passes over: documents leave out what goes without saying, and name people for ids
_TRIMMED: Final = {"AT101": frozenset({"info"}), "AT521": frozenset({"email"})}
#: the family that it passes over unless selected: the events of a document are no stream
_STREAM: Final = "AT6"
#: what `--severity CODE=` takes besides the severities
OFF: Final = "off"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user said. Each selector is a code, a prefix of codes (`AT3`), a rule's name, or `ALL`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    #: selector -> severity name or "off"
    severity: Mapping[str, str] | None = None
    samples: bool = False
    #: what a configuration file chose: this choice, the command line's, is laid over it
    below: Choice | None = None

    def layers(self) -> Iterator[Choice]:
        """This choice and those below it, the lowest first."""
        if self.below is not None:
            yield from self.below.layers()
        yield self


def expand(selector: str) -> list[Rule]:
    """The rules a selector names. Raises AtlintError, with a suggestion, where it names none."""
    registry = list(REGISTRY.values())
    word = selector.strip()
    if word.upper() == "ALL":
        return registry
    found = [rule for rule in registry if rule.name == word.lower()]
    if not found and re.fullmatch(r"AT\d{0,3}", word.upper()):
        found = [rule for rule in registry if rule.code.startswith(word.upper())]
    if not found:
        raise AtlintError(f"unknown rule {selector!r}{_suggest(word)} `atlint explain --all` lists them")
    return found


def _suggest(word: str) -> str:
    rules = REGISTRY.values()
    known = {rule.code.lower(): rule.code for rule in rules} | {rule.name: rule.name for rule in rules}
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f": did you mean {known[close[0]]}?" if close else ";"


def choose(edition: str, choice: Choice | None = None) -> dict[str, dict[str, Severity]]:
    """The levels of a Plan: code -> case -> severity, for the rules that are on.

    The most specific selector wins, as with ruff: `--select AT3 --ignore AT310` and
    `--ignore AT3 --extend-select AT310` both do what they say. A rule that is off by default comes in when a
    selector names it. Raises AtlintError for an unknown rule or severity.

    So does each layer, as with ruff: with `select` it begins anew, whatever the file below it ignores; without, what it
    ignores or adds comes on top, however specific the selectors of the file are.
    """
    layers = [*(choice or Choice()).layers()]
    samples = any(layer.samples for layer in layers)
    wanted = {rule.code: not rule.opt_in and not (samples and rule.family == _STREAM) for rule in REGISTRY.values()}
    for layer in layers:
        wanted = (dict.fromkeys(REGISTRY, False) if layer.select else wanted) | _said(layer)
    levels = {
        rule.code: rule.levels(edition) for rule in REGISTRY.values() if wanted[rule.code] and rule.levels(edition)
    }
    if samples:
        for code, cases in levels.items():
            levels[code] = {
                case: Severity.INFO if code in _SAMPLES or case == _PLACEHOLDER else level
                for case, level in cases.items()
                if case not in _TRIMMED.get(code, ())
            }
    return _reweigh(levels, layers)


def _said(choice: Choice) -> dict[str, bool]:
    """What the selectors of one layer say of the rules that they name: on or off, by the most specific of them."""
    weights: dict[str, int] = {}
    said: dict[str, bool] = {}
    for selectors, on in ((choice.select, True), (choice.ignore, False), (choice.extend_select, True)):
        for selector in selectors:
            weight = _specificity(selector)
            for rule in expand(selector):
                if weight >= weights.get(rule.code, 0):
                    weights[rule.code], said[rule.code] = weight, on
    return said


@functools.cache
def everything(edition: str, registration: Registration | None = None) -> Plan:
    """A Plan of an edition with every rule that it has."""
    levels = {rule.code: rule.levels(edition) for rule in REGISTRY.values() if rule.levels(edition)}
    return compile_plan(edition, registration, Settings(levels))


def _specificity(selector: str) -> int:
    word = selector.strip().upper()
    return 1 if word == "ALL" else len(word) if re.fullmatch(r"AT\d{0,3}", word) else 5


def _reweigh(levels: dict[str, dict[str, Severity]], layers: Iterable[Choice]) -> dict[str, dict[str, Severity]]:
    """The levels with what each layer says of them: the last word about a rule counts."""
    words: dict[str, str] = {}
    for selector, name in ((selector, name) for layer in layers for selector, name in (layer.severity or {}).items()):
        allowed = [*map(str, Severity), OFF]
        if name not in allowed:
            raise AtlintError(f"unknown severity {name!r} for {selector}: use {', '.join(allowed)}")
        words |= {rule.code: name for rule in expand(selector)}
    return {
        code: cases if code not in words else dict.fromkeys(cases, Severity(words[code]))
        for code, cases in levels.items()
        if words.get(code) != OFF
    }
