"""`atlint.toml` or `[tool.atlint]` to a frozen Config: the nearest file alone, never merged with another."""

from __future__ import annotations

import contextlib
import datetime
import difflib
import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from atlint import regular
from atlint.lint.suppress import Entry
from atlint.model import NOTHING, AtlintError
from atlint.plan.truth import read_json
from atlint.pointer import escape, resolve
from atlint.rules.selection import Choice

#: the files that a configuration may stand in
NAMES: Final = ("atlint.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file says; every field has the value that counts without a file."""

    path: str = ""
    edition: str = ""
    registration: str = ""
    kube: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    severity: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    fail_on: str = ""
    max_rate: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    output: tuple[str, ...] = ()
    samples: bool = False
    show_values: bool = False
    baseline: str = ""
    verbs: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)

    @property
    def choice(self) -> Choice:
        """The rules that the file chooses, to lay another choice over."""
        return Choice(self.select, self.ignore, self.extend_select, self.severity, self.samples)


def find(start: Path) -> Path | None:
    """The nearest configuration in `start` or a folder above it.

    A `pyproject.toml` without `[tool.atlint]` is passed over, and the search goes on upward.
    """
    for folder in (start, *start.parents):
        for name in NAMES:
            path = folder / name
            if path.is_file() and _table(path) is not None:
                return path
    return None


def load(path: Path) -> Config:
    """Read one configuration file.

    Raises AtlintError for what is no TOML, an unknown key, rule or format (with a suggestion), and a wrong value.
    """
    table = _table(path)
    if table is None:
        raise AtlintError(f"{path}: there is no table [tool.atlint] in it")
    _validate(path, table)
    ignore = table.get("ignore", [])
    folder = path.parent
    return Config(
        path=str(path),
        edition=table.get("edition", ""),
        registration=_beside(folder, table.get("registration", "")),
        kube=tuple(_beside(folder, name) for name in table.get("kube", ())),
        select=tuple(table.get("select", ())),
        extend_select=tuple(table.get("extend-select", ())),
        ignore=tuple(item for item in ignore if isinstance(item, str)),
        entries=tuple(_entry(path, index, item) for index, item in enumerate(ignore) if isinstance(item, dict)),
        severity=dict(table.get("severity", {})),
        fail_on=table.get("fail-on", ""),
        max_rate=dict(table.get("max-rate", {})),
        output=tuple(table.get("output", ())),
        samples=table.get("samples", False),
        show_values=table.get("show-values", False),
        baseline=_beside(folder, table.get("baseline", "")),
        verbs=tuple(table.get("verbs", ())),
        aliases={name: tuple(others) for name, others in table.get("aliases", {}).items()},
    )


def _beside(folder: Path, name: str) -> str:
    return str(folder / name) if name else ""


def _table(path: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(regular.read(path).decode("utf-8-sig"))  # editors of Windows put a mark in front
    except OSError as error:
        raise AtlintError(f"{path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AtlintError(f"{path}: not TOML: {error}") from error
    if not _shared(path):
        if document.keys() == {"tool"}:
            raise AtlintError(f"{path}: [tool.atlint] is for pyproject.toml: here its keys stand at the top")
        return document
    tools = document.get("tool", {})
    table = tools.get("atlint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise AtlintError(f"{path}: tool.atlint: a table is expected, [tool.atlint], not {table!r}")
    return table


def _shared(path: Path) -> bool:
    """Whether other tools have their tables in the file, too."""
    return path.name == "pyproject.toml"


def _where(path: Path, *steps: object) -> str:
    """A place in the file, as TOML writes it."""
    if not steps:
        return f"{path}: {'[tool.atlint]' if _shared(path) else 'top level'}"
    return f"{path}: {'tool.atlint.' if _shared(path) else ''}{'.'.join(map(str, steps))}"


@contextlib.contextmanager
def blamed(config: Config, key: str) -> Iterator[None]:
    """Name the configuration and the key in an error about what it names; nothing is added without a configuration."""
    try:
        yield
    except AtlintError as error:
        if not config.path:
            raise
        raise AtlintError(f"{_where(Path(config.path), key)}: {error}") from error


def _entry(path: Path, index: int, item: Mapping[str, Any]) -> Entry:
    until = item.get("until")
    if isinstance(until, str):
        try:
            until = datetime.date.fromisoformat(until)
        except ValueError:
            until = item["until"]
    if isinstance(until, datetime.datetime):
        until = until.date()
    if until is not None and not isinstance(until, datetime.date):
        where = _where(path, "ignore", index, "until")
        raise AtlintError(f"{where}: a date such as 2026-12-31 is expected, not {until!r}")
    return Entry(**{**item, "until": until, "folder": str(path.parent)})


def _validate(path: Path, table: Mapping[str, Any]) -> None:
    import jsonschema_rs

    schema = read_json("config.schema.json")
    _keys(_where(path), table, schema["properties"])
    listed = table.get("ignore")
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict):
            _ignore(_where(path, "ignore", index), entry, schema["$defs"]["entry"]["properties"])
    for error in jsonschema_rs.validator_for(schema).iter_errors(_without_dates(table)):
        raise AtlintError(f"{_where(path, *error.instance_path)}: {_plainly(error, schema)}")
    for steps, check in _checks(table):
        try:
            check()
        except AtlintError as error:
            raise AtlintError(f"{_where(path, *steps)}: {error}") from error


def _plainly(error: Any, schema: Any) -> str:
    """A fault of shape in a sentence with all that would be right."""
    *above, keyword = error.schema_path
    node: Any = resolve(schema, "".join(f"/{escape(str(step))}" for step in above))
    limit = node[keyword]
    if keyword == "enum":
        return f"{error.instance!r} is none of {', '.join(limit)}"
    if keyword == "pattern":
        return f"{node['description']} is expected, not {error.instance!r}"
    if keyword == "minLength":
        return "a text is expected, not an empty one"
    kinds = [limit] if keyword == "type" else []
    if keyword == "anyOf":
        choices: list[Any] = [resolve(schema, one["$ref"].removeprefix("#")) for one in limit]
        kinds = [choice["type"] for choice in choices]
    if kinds:
        return f"{' or '.join(_TYPES[kind] for kind in kinds)} is expected, not {error.instance!r}"
    return str(error.message)


_TYPES: Final = {"array": "a list", "object": "a table", "string": "a text", "boolean": "true or false"}


def _checks(table: Mapping[str, Any]) -> Iterator[tuple[tuple[object, ...], Callable[[], object]]]:
    """What a schema cannot know: the place of each value, and what raises AtlintError where it makes no sense."""
    from atlint.report.formats import renderer
    from atlint.report.rate import allowances
    from atlint.rules.selection import expand

    for key in ("select", "extend-select", "ignore"):
        for index, item in enumerate(table.get(key, ())):
            if isinstance(item, str):
                yield (key, index), functools.partial(expand, item)
            elif "rule" in item:
                yield (key, index, "rule"), functools.partial(expand, item["rule"])
    for selector in table.get("severity", ()):
        yield ("severity",), functools.partial(expand, selector)
    for selector, share in table.get("max-rate", {}).items():
        yield ("max-rate",), functools.partial(allowances, {selector: share})
    for index, output in enumerate(table.get("output", ())):
        yield ("output", index), functools.partial(renderer, output.partition(":")[0])


def _keys(where: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Raises AtlintError for a key that does not exist, with the one that was meant."""
    for key in given:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f"did you mean {close[0]!r}?" if close else f"{', '.join(known)} are known"
            raise AtlintError(f"{where}: unknown key {key!r}: {hint}")


def _ignore(where: str, entry: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """What a schema would tell less plainly of an ignore entry. Raises AtlintError."""
    _keys(where, entry, known)
    reason = entry.get("reason")
    if not isinstance(reason, str) or not reason.strip():
        raise AtlintError(f"{where}: an ignore entry needs a reason: why this is silenced, and until when")
    if not entry.keys() - {"reason", "until"}:
        raise AtlintError(f"{where}: an ignore entry needs a rule, service, action, pointer or path besides its reason")
    for key, value in entry.items():
        if key != "until" and (not isinstance(value, str) or not value):
            raise AtlintError(f"{where}.{key}: a text is expected, not {value!r}")


def _without_dates(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_dates(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_without_dates(child) for child in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value
