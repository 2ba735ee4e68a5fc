"""Text of a fluentd configuration to a tree of sections and parameters with spans, by `fluentd.lark`.

Nothing is run and nothing is fetched: embedded Ruby stays text, an include stays a path.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from atlint.model import Span
from atlint.pipeline.source import Fault, undecoded
from atlint.plan.truth import read_text

#: sections within sections, and JSON within JSON (Ruby's parser stops there too)
MOST_NESTED: Final = 100

_WORDS: Final = re.compile(r"//= (.+)\n(?:([A-Z_]+)(?:\.\d+)?|[a-z_]+):")
_ESCAPED: Final[Mapping[str, str]] = {"r": "\r", "n": "\n", "t": "\t", "f": "\f", "b": "\b", "0": "\0"}
_BLANKS: Final = re.compile(r"[ \t]*")
#: terminals that begin a value or an item but say less than what begins there
_UNSAID: Final = frozenset({"_GAP", "_TAG_GAP", "_JSON_BLANK", "_JSON_COMMENT"})
#: where a bare word may stand, a quoted one may too: naming the one is enough
_QUOTES: Final = frozenset({"SINGLE", "DOUBLE"})
_UNQUOTED: Final = frozenset({"KEY", "PLAIN", "PATH", "ARGUMENT"})


class Quoting(enum.StrEnum):
    """How a text is written."""

    PLAIN = "plain"
    SINGLE = "single-quoted"
    DOUBLE = "double-quoted"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Text:
    """A key, value, argument or path: what fluentd reads, and the span of what is written with its quotes."""

    value: str
    span: Span
    quoting: Quoting = Quoting.PLAIN
    #: it holds Ruby that fluentd would run: `value` has the code, not what it gives
    ruby: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. Without a value, `value` is empty and stands right behind the key."""

    key: Text
    value: Text
    empty: bool = False

    @property
    def name(self) -> str:
        """The key as fluentd reads it."""
        return self.key.value

    @property
    def whole(self) -> Span:
        """From the key to the end of the value."""
        return Span(self.key.span.start, max(self.value.span.end, self.key.span.end))


@dataclass(frozen=True, slots=True)
class Include:
    """Another file to be read in, spelt with the `@` or, as of old, without it."""

    path: Text
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its items in the order of the file. The root has no name and no tags."""

    name: str
    argument: Text | None
    items: tuple[Item, ...]
    #: the opening tag, from `<` to `>`
    tag: Span
    #: from the opening tag to the closing one
    span: Span
    #: levels of sections below this one
    height: int = 0

    @property
    def parameters(self) -> Iterator[Parameter]:
        """The parameters of this section itself."""
        return (item for item in self.items if isinstance(item, Parameter))

    def sections(self, name: str = "") -> Iterator[Section]:
        """The sections directly in this one; only those of `name`, where it is given."""
        return (item for item in self.items if isinstance(item, Section) and name in {"", item.name})

    def get(self, name: str) -> Parameter | None:
        """The parameter that counts: of several equal keys the last."""
        return next((item for item in reversed(self.items) if isinstance(item, Parameter) and item.name == name), None)

    def text(self, name: str) -> str:
        """The value of a parameter; nothing where there is none."""
        found = self.get(name)
        return found.value.value if found else ""

    @property
    def type(self) -> str:
        """The plugin's name, by `@type` or its old spelling `type`."""
        return self.text("@type") or self.text("type")

    def walk(self) -> Iterator[Section]:
        """This section and all below it, in the order of the file."""
        pending = [self]
        while pending:
            current = pending.pop()
            yield current
            pending.extend(reversed(list(current.sections())))


Item: TypeAlias = Section | Parameter | Include


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration: its root section, or None where the text is not of the language, and the faults."""

    root: Section | None
    faults: tuple[Fault, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing in it is fluentd's: no section, no include, and no fault either."""
        return self.root is not None and all(isinstance(item, Parameter) for item in self.root.items)

    def walk(self) -> Iterator[Section]:
        """All sections below the root, in the order of the file."""
        return (section for section in self.root.walk() if section is not self.root) if self.root else iter(())


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    argument: Text | None
    span: Span


@dataclass(frozen=True, slots=True)
class _Close:
    name: str
    span: Span


def parse(text: str) -> Config:
    """Read a configuration, decoded with `surrogateescape`.

    Never raises: what fluentd's parser refuses is a fault, with a span of `text`. It takes no byte that is not UTF-8.
    """
    if wrong := undecoded(text):
        return Config(None, (wrong,))
    if text.startswith("\ufeff"):
        message = "a byte order mark, which fluentd takes for a part of the first word"
        return Config(None, (Fault("bom", message, Span(0, 1)),))
    parser = _parser().parse_interactive(text + "\n")
    try:
        for _ in parser.iter_parse():
            pass
        items = parser.feed_eof()  # type: ignore[no-untyped-call]  # lark leaves it untyped
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        return Config(None, (_fault(text, parser, len(text) if at_end else error.pos_in_stream or 0),))
    except _Stop as stop:
        return Config(None, (stop.fault,))
    return Config(Section("", None, items, Span(0, 0), Span(0, len(text)), _height(items)))


@functools.cache
def words() -> Mapping[str, str]:
    """What each terminal of the grammar stands for, in words, in the grammar's order."""
    return {name: said for said, name in _WORDS.findall(_grammar()) if name}


@functools.cache
def _grammar() -> str:
    return read_text("grammar/fluentd.lark")


@functools.cache
def _parser() -> Lark:
    return Lark(_grammar(), parser="lalr", maybe_placeholders=False, transformer=_Builder())


def _fault(text: str, parser: InteractiveParser, offset: int) -> Fault:
    """What is wrong where the parser stopped, `offset` being None at the end of the text."""
    opened = _opened(parser)
    accepted = parser.accepts()  # type: ignore[no-untyped-call]  # lark leaves it untyped
    blanks = _BLANKS.match(text, offset) if "_LINE_END" in accepted else None
    at = min(blanks.end() if blanks else offset, len(text))
    span = Span(at, min(at + 1, len(text)))
    if opened and at == len(text) and "CLOSE" in accepted:
        message = f"the section <{opened.name}> is never closed"
        return Fault("unclosed-section", message, opened.span, (f"</{opened.name}>",))
    if not opened and text.startswith("</", at):
        return Fault("closing-tag", "a closing tag whose section was never opened", Span(at, at + 2))
    unsaid = _UNSAID | (_QUOTES if accepted & _UNQUOTED else set())
    expected = [said for name, said in words().items() if name in accepted - unsaid]
    expected += ["the end of the file"] if "$END" in accepted else []
    expected = list(dict.fromkeys(expected))
    wanted = " or ".join(part for part in (", ".join(expected[:-1]), *expected[-1:]) if part)
    return Fault("syntax", f"expected {wanted}, found {_found(text, at)}", span, tuple(expected))


def _found(text: str, at: int) -> str:
    if at >= len(text):
        return "the end of the file"
    character = text[at]
    if character in "\r\n":
        return "the end of the line"
    return f'"{character}"' if character.isprintable() else f"U+{ord(character):04X}"


def _opened(parser: InteractiveParser) -> _Open | None:
    """The innermost section that is open where the parser stopped."""
    stack = parser.parser_state.value_stack
    for index in range(len(stack) - 1, -1, -1):
        value = stack[index]
        if isinstance(value, _Open):
            return value
        if isinstance(value, Token) and value.type == "OPEN" and stack[index + 1 :]:
            name = stack[index + 1]
            return _Open(name, None, Span(_start(value), _end(name)))
    return None


class _Stop(Exception):  # noqa: N818 - control flow of one module, never seen outside
    def __init__(self, kind: str, message: str, span: Span, expected: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.fault = Fault(kind, message, span, expected)


def _start(token: Token) -> int:
    return token.start_pos or 0


def _end(token: Token) -> int:
    return token.end_pos or 0


def _height(items: tuple[Item, ...]) -> int:
    return max((item.height + 1 for item in items if isinstance(item, Section)), default=0)


def _text(children: list[Token]) -> Text:
    """One token, or the pieces of a quoted text between its quotes."""
    first, *pieces = children
    span = Span(_start(first), _end(children[-1]))
    if first.type not in {"SINGLE", "DOUBLE"}:
        return Text(str(first), span)
    value = "".join(_decoded(piece) for piece in pieces[:-1])
    quoting = Quoting.SINGLE if first.type == "SINGLE" else Quoting.DOUBLE
    return Text(value, span, quoting, ruby=any(piece.type == "RUBY" for piece in pieces))


def _decoded(piece: Token) -> str:
    if piece.type == "LINE_JOIN":
        return ""
    if piece.type == "SINGLE_ESCAPE":
        return piece[1]
    if piece.type == "DOUBLE_ESCAPE":
        return _ESCAPED.get(piece[1], piece[1])
    return str(piece)


@dataclass(frozen=True, slots=True)
class _Json:
    """A JSON value inside a parameter, written out again without blanks and comments as fluentd does."""

    text: str
    height: int
    span: Span


class _Builder(Transformer[Token, Any]):
    """Called by lark bottom-up, a method for each rule of the grammar."""

    key = argument = path = staticmethod(_text)

    def start(self, children: list[Item]) -> tuple[Item, ...]:
        return tuple(
            Include(item.value, Span(item.key.span.start, item.value.span.end))
            if isinstance(item, Parameter) and item.name == "include" and not item.empty
            else item
            for item in children
        )

    def section(self, children: list[Any]) -> Section:
        opened, *items, closed = children
        if opened.name != closed.name:
            message = f"</{closed.name}> where the section <{opened.name}> is open"
            raise _Stop("closing-tag", message, closed.span, (f"</{opened.name}>",))
        height = _height(tuple(items))
        if height >= MOST_NESTED:
            raise _Stop("depth", f"more than {MOST_NESTED} sections within each other", opened.span)
        span = Span(opened.span.start, closed.span.end)
        return Section(opened.name, opened.argument, tuple(items), opened.span, span, height)

    def open(self, children: list[Any]) -> _Open:
        name, argument = children[1], children[2] if len(children) > 3 else None
        return _Open(str(name), argument, Span(_start(children[0]), _end(children[-1])))

    def close(self, children: list[Token]) -> _Close:
        return _Close(str(children[1]), Span(_start(children[0]), _end(children[-1])))

    def parameter(self, children: list[Text]) -> Parameter:
        return Parameter(children[0], children[1])

    def empty_parameter(self, children: list[Text]) -> Parameter:
        end = children[0].span.end
        return Parameter(children[0], Text("", Span(end, end)), empty=True)

    def include(self, children: list[Any]) -> Include:
        return Include(children[1], Span(_start(children[0]), children[1].span.end))

    def value(self, children: list[Any]) -> Text:
        first = children[0]
        return Text(first.text, first.span, Quoting.JSON) if isinstance(first, _Json) else _text(children)

    def array(self, children: list[Any]) -> _Json:
        opening, *members, closing = children
        height = 1 + max((member.height for member in members), default=0)
        span = Span(_start(opening), _end(closing))
        if height > MOST_NESTED:
            raise _Stop("depth", f"JSON of more than {MOST_NESTED} levels", span)
        return _Json(opening + ",".join(member.text for member in members) + closing, height, span)

    object = inner_array = inner_object = array

    def member(self, children: list[Any]) -> _Json:
        key, value = children
        return _Json(f"{key}:{value.text}", value.height, value.span)

    def json(self, children: list[Any]) -> _Json:
        inner = children[0]
        return inner if isinstance(inner, _Json) else _Json(str(inner), 0, Span(_start(inner), _end(inner)))
