"""A shell program's text to its simple commands with words, redirections and offsets. Nothing is executed.

A subset of POSIX sh that covers what containers are started with: quoting, lists, pipes, loops, groups,
here-documents. What only a running shell can know (variables, substitutions) stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from atlint.model import Span
from atlint.pipeline.source import Decoder, Fault, OffsetMap

#: compound commands within each other whose redirections are followed
MOST_NESTED: Final = 50

_SKIP: Final = re.compile(r"(?:[ \t\r]++|\\\r?\n)++")
_COMMENT: Final = re.compile(r"#[^\n]*")
_OPERATOR: Final = re.compile(r"&&|\|\||;;|\|&|[;&|()\n]")
_REDIRECT: Final = re.compile(r"[0-9]*(?:>>|>\||>&|<<-|<<<|<<|<&|<>|>|<)|&>>|&>")
_PLAIN: Final = re.compile(r"[^ \t\r\n;&|()<>'\"\\$`]+")
_IN_DOUBLE: Final = re.compile(r'[^"\\$`]+')
_VARIABLE: Final = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*)|[0-9$?!#@*-])")
_BRACKETS: Final = re.compile(r"[(){}'\"\\`]")
_OPENERS: Final = {"if": "fi", "while": "done", "until": "done", "for": "done", "case": "esac", "{": "}"}
_CLOSERS: Final = frozenset(_OPENERS.values())
#: words that stand before a command and belong to no command
_LEADING: Final = frozenset({"if", "then", "elif", "else", "while", "until", "do", "{", "!", "time"})
_ANSI: Final[Mapping[str, str]] = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "f": "\f",
    "v": "\v",
}


@dataclass(frozen=True, slots=True)
class Expansion:
    """A part of a word that a running shell replaces; `name` where it is a plain variable."""

    span: Span
    name: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One word without its quotes; expansions stay as written. `offsets` lead back to the program."""

    text: str
    span: Span
    offsets: OffsetMap = field(repr=False, compare=False)
    expansions: tuple[Expansion, ...] = ()
    quoted: bool = False

    def resolve(self, variables: Mapping[str, str]) -> tuple[str, bool]:
        """The text with known variables put in, and whether nothing else is left to expand."""
        pieces, at, constant = [], 0, True
        for expansion in self.expansions:
            known = variables.get(expansion.name) if expansion.name else None
            if known is None:
                constant = False
                continue
            pieces += [self.text[at : expansion.span.start], known]
            at = expansion.span.end
        return "".join((*pieces, self.text[at:])), constant


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection: its operator without the descriptor, the descriptor ("" is the default), its target."""

    operator: str
    descriptor: str
    target: Word
    #: the lines of a here-document
    body: Word | None = None

    @property
    def writes(self) -> bool:
        """It sends standard output to a file."""
        to_file = self.operator in {">", ">>", ">|", "&>", "&>>"} and self.descriptor in {"", "1"}
        return to_file or (self.operator == ">&" and not self.descriptor and not self.target.text.isdigit())

    @property
    def append(self) -> bool:
        """It keeps what the file holds."""
        return self.operator in {">>", "&>>"}


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command. `pipe` is the index of the command that reads its output."""

    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()
    pipe: int | None = None

    @property
    def name(self) -> str:
        """The program's name without its folder."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def output(self) -> Redirect | None:
        """Where its standard output goes, if to a file: the last redirection counts."""
        return next((redirect for redirect in reversed(self.redirects) if redirect.writes), None)


@dataclass(frozen=True, slots=True)
class Program:
    """The commands of a shell program in the order of the text, and where its quoting breaks off."""

    commands: tuple[Command, ...]
    fault: Fault | None = None


def parse(text: str) -> Program:
    """Read a shell program. Never raises: what is never closed is a fault, and what stands before it is read."""
    reader = _Reader(text)
    fault = None
    try:
        reader.read()
    except _Unclosed as unclosed:
        fault = unclosed.fault
    reader.finish()
    return Program(tuple(draft.done() for draft in reader.drafts), fault)


class _Unclosed(Exception):  # noqa: N818 - control flow of one module, never seen outside
    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.fault = Fault("unclosed", f"{what} that is never closed", Span(at, at + 1))


@dataclass(slots=True)
class _Draft:
    words: list[Word] = field(default_factory=list)
    redirects: list[Redirect] = field(default_factory=list)
    #: what a group or loop around it adds
    around: list[Redirect] = field(default_factory=list)
    pipe: int | None = None

    def done(self) -> Command:
        return Command(tuple(self.words), (*self.around, *self.redirects), self.pipe)


class _Reader:
    """Walks over the text once and collects drafts of commands."""

    def __init__(self, text: str) -> None:
        self.drafts: list[_Draft] = []
        self._text = text
        self._at = 0
        self._draft = _Draft()
        #: how each open compound command ends, and its first command
        self._open: list[tuple[str, int]] = []
        #: the first command of the compound command that was just closed
        self._closed: int | None = None
        #: here-documents whose lines are still to come: the command and the index of its redirection
        self._documents: list[tuple[_Draft, int]] = []

    def read(self) -> None:
        """Read to the end of the text. Raises _Unclosed."""
        text = self._text
        while True:
            if skipped := _SKIP.match(text, self._at):
                self._at = skipped.end()
            if self._at >= len(text):
                return
            if comment := _COMMENT.match(text, self._at):
                self._at = comment.end()
            elif redirect := _REDIRECT.match(text, self._at):
                self._at = redirect.end()
                self._redirect(redirect[0])
            elif operator := _OPERATOR.match(text, self._at):
                self._at = operator.end()
                self._separate(operator[0])
            else:
                self._word_read(self._word())

    def finish(self) -> None:
        """End the last command."""
        self._end(pipe=False)

    def _word_read(self, word: Word) -> None:
        bare = word.text if not word.quoted and not self._draft.words else ""
        if bare in _OPENERS:
            self._open.append((_OPENERS[bare], len(self.drafts)))
        if bare in _CLOSERS:
            self._close(bare)
        elif bare not in _LEADING:
            self._draft.words.append(word)

    def _close(self, closer: str) -> None:
        if self._open and self._open[-1][0] == closer:
            start = self._open.pop()[1]
            self._closed = start if len(self._open) < MOST_NESTED else None

    def _separate(self, operator: str) -> None:
        if operator == "(":
            self._end(pipe=False)
            self._open.append((")", len(self.drafts)))
        elif operator == ")":
            self._end(pipe=False)
            self._close(")")
        else:
            self._end(pipe=operator in {"|", "|&"})
        if operator == "\n":
            self._bodies()

    def _end(self, *, pipe: bool) -> None:
        draft, self._draft = self._draft, _Draft()
        closed, self._closed = self._closed, None
        if closed is not None and not draft.words:
            for inner in self.drafts[closed:] if draft.redirects or pipe else ():
                inner.around[:0] = draft.redirects
                if inner.pipe is None and pipe:
                    inner.pipe = len(self.drafts)
        elif draft.words or draft.redirects:
            draft.pipe = len(self.drafts) + 1 if pipe else None
            self.drafts.append(draft)

    def _redirect(self, found: str) -> None:
        operator = found.lstrip("0123456789")
        if skipped := _SKIP.match(self._text, self._at):
            self._at = skipped.end()
        target = self._word()
        redirect = Redirect(operator, found[: len(found) - len(operator)], target)
        self._draft.redirects.append(redirect)
        if operator in {"<<", "<<-"}:
            self._documents.append((self._draft, len(self._draft.redirects) - 1))

    def _bodies(self) -> None:
        """Read the here-documents whose lines begin here."""
        for draft, index in self._documents:
            redirect = draft.redirects[index]
            start = self._at
            end = behind = len(self._text)
            tabs = "\t*" if redirect.operator == "<<-" else ""
            ending = re.compile(rf"^{tabs}{re.escape(redirect.target.text)}$\n?", re.MULTILINE)
            if found := ending.search(self._text, start):
                end, behind = found.span()
            self._at = behind
            body = Word(
                self._text[start:end],
                Span(start, end),
                OffsetMap.straight(start, end),
                () if redirect.target.quoted else tuple(_expansions(self._text[start:end])),
                quoted=redirect.target.quoted,
            )
            draft.redirects[index] = Redirect(redirect.operator, redirect.descriptor, redirect.target, body)
        self._documents.clear()

    def _word(self) -> Word:
        text, start = self._text, self._at
        out = Decoder(text)
        expansions: list[Expansion] = []
        quoted = False
        while self._at < len(text):
            if plain := _PLAIN.match(text, self._at):
                out.copy(*plain.span())
                self._at = plain.end()
                continue
            letter = text[self._at]
            if letter == "'" or text.startswith("$'", self._at):
                self._single(out)
                quoted = True
            elif letter == '"':
                self._double(out, expansions)
                quoted = True
            elif letter == "\\":
                quoted = True
                if not text.startswith(("\\\n", "\\\r\n"), self._at):
                    out.copy(self._at + 1, min(self._at + 2, len(text)))
                self._at += 2
            elif letter in "$`":
                self._expansion(out, expansions)
            else:
                break
        self._at = min(self._at, len(text))
        span = Span(start, self._at)
        return Word(out.text(), span, out.offsets(start), tuple(expansions), quoted)

    def _single(self, out: Decoder) -> None:
        text, start = self._text, self._at
        ansi = text[start] == "$"
        at = start + 1 + ansi
        while at < len(text):
            if text[at] == "'":
                self._at = at + 1
                return
            if ansi and text[at] == "\\" and at + 1 < len(text):
                out.put(_ANSI.get(text[at + 1], text[at + 1]), at, at + 2)
                at += 2
                continue
            stop = re.compile(r"['\\]" if ansi else "'").search(text, at)
            end = stop.start() if stop else len(text)
            out.copy(at, max(end, at + 1))
            at = max(end, at + 1)
        self._at = len(text)
        raise _Unclosed("a single quote", start)

    def _double(self, out: Decoder, expansions: list[Expansion]) -> None:
        text, start = self._text, self._at
        self._at += 1
        while self._at < len(text):
            if plain := _IN_DOUBLE.match(text, self._at):
                out.copy(*plain.span())
                self._at = plain.end()
                continue
            letter = text[self._at]
            if letter == '"':
                self._at += 1
                return
            if letter in "$`":
                self._expansion(out, expansions)
            elif text[self._at + 1 : self._at + 2] in {'"', "\\", "$", "`"}:
                out.put(text[self._at + 1], self._at, self._at + 2)
                self._at += 2
            elif text.startswith("\\\n", self._at):
                self._at += 2
            else:
                out.copy(self._at, self._at + 1)
                self._at += 1
        raise _Unclosed("a double quote", start)

    def _expansion(self, out: Decoder, expansions: list[Expansion]) -> None:
        start = self._at
        name, self._at = _expanded(self._text, start)
        begin = len(out)
        out.copy(start, self._at)
        if self._at > start + 1:
            expansions.append(Expansion(Span(begin, len(out)), name))


def _expansions(text: str) -> Iterator[Expansion]:
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text[at] in "$`":
            try:
                name, end = _expanded(text, at)
            except _Unclosed:
                name, end = "", len(text)
            if end > at + 1:
                yield Expansion(Span(at, end), name)
            at = end
        else:
            at += 1


def _expanded(text: str, at: int) -> tuple[str, int]:
    """The variable's name, if it is a plain one, and the end of the expansion at `at`. Raises _Unclosed."""
    if found := _VARIABLE.match(text, at):
        return found[1] or found[2] or "", found.end()
    if text[at] == "`":
        end = re.compile(r"(?:[^`\\]|\\.)*+`", re.DOTALL).match(text, at + 1)
        if end is None:
            raise _Unclosed("a back quote", at)
        return "", end.end()
    opening = text[at + 1 : at + 2]
    if opening not in {"(", "{"}:
        return "", at + 1
    depth, position = 0, at + 1
    while bracket := _BRACKETS.search(text, position):
        position = bracket.end()
        if bracket[0] == "\\":
            position += 1
        elif bracket[0] in "'\"`":
            closing = text.find(bracket[0], position)
            position = closing + 1 if closing >= 0 else len(text)
        elif bracket[0] in "({":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return "", position
    raise _Unclosed("a substitution", at)
