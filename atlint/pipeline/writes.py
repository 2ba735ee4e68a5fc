"""The commands of a shell program to what they write into files: event lines, the file, and their offsets."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from atlint.model import NOTHING, Span
from atlint.pipeline.shell import Command, Expansion, Program, Word
from atlint.pipeline.source import Decoder, OffsetMap

_ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")
_ASSIGNING: Final = frozenset({"export", "readonly", "local", "declare"})
_ECHO_OPTIONS: Final = re.compile(r"-[neE]+")
_ESCAPE: Final = re.compile(r"\\(?:([abefnrtv\\\"'])|0?([0-7]{1,3})|x([0-9a-fA-F]{1,2}))|%%")
_ESCAPED: Final[Mapping[str, str]] = {
    "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip
#: a longer value of a variable is no path, and doubling it over and over is an attack
_LONGEST: Final = 4096
#: commands that print nothing, so that a redirection around them says nothing about them
_SILENT: Final = frozenset(
    {"true", "false", ":", "sleep", "wait", "mkdir", "chmod", "chown", "touch", "rm", "mv", "cp", "test", "[", "exit"}
)
_DIRECTIVE: Final = re.compile(r"%[-+ #0]*[0-9*]*(?:\.[0-9*]+)?[a-zA-Z]")
_LINE: Final = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Target:
    """The file that is written. `constant` where nothing in its name depends on the running container."""

    path: str
    append: bool
    constant: bool
    span: Span


@dataclass(frozen=True, slots=True)
class EventText:
    """One line that a command writes and that begins like a JSON object.

    `offsets` lead back to the program; `expansions` are the parts that a running shell would replace.
    """

    text: str
    offsets: OffsetMap = field(repr=False, compare=False)
    expansions: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """A command that sends its output into a file, or that prints an event."""

    command: Command
    target: Target | None
    events: tuple[EventText, ...] = ()
    #: what it prints ends with a line feed; true also where what it prints is not known
    terminated: bool = True


@dataclass(frozen=True, slots=True)
class _Printed:
    word: Word
    terminated: bool = True


def writes(program: Program, *, variables: Mapping[str, str] = NOTHING, folder: str = "") -> Iterator[Write]:
    """Every write of a program. `variables` are those that the container sets, `folder` is where it starts.

    Constant assignments and changes of folder are followed in the order of the text.
    """
    known = dict(variables)
    target: Target | None = None
    for command in program.commands:
        words = _after_assignments(command, known)
        name = words[0].text.rpartition("/")[2] if words else ""
        if name == "cd" and len(words) == 2:
            path, constant = words[1].resolve(known)
            folder = posixpath.join(folder, path) if constant else ""
        own = _target(program, command, known, folder) or target
        if name == "exec" and len(words) == 1:
            target = own
            continue
        printed = _printed(name, words, command)
        events = tuple(event for each in printed for event in _events(each.word))
        if events or (own and words and name not in _SILENT):
            yield Write(command, own, events, all(each.terminated for each in printed))


def _after_assignments(command: Command, known: dict[str, str]) -> tuple[Word, ...]:
    """The words without assignments before them; assignments that are all there is are remembered."""
    words = command.words
    alone = words[1:] if words and words[0].text in _ASSIGNING else words
    if alone and all(_ASSIGNMENT.match(word.text) for word in alone):
        for word in alone:
            name, _, _ = word.text.partition("=")
            value, constant = word.resolve(known)
            known.pop(name, None)
            if constant and len(value) <= _LONGEST:
                known[name] = value.partition("=")[2]
        return ()
    start = 0
    while start < len(words) and _ASSIGNMENT.match(words[start].text) and not words[start].quoted:
        start += 1
    return words[start:]


def _target(program: Program, command: Command, known: Mapping[str, str], folder: str) -> Target | None:
    if output := command.output:
        return _file(output.target, known, folder, append=output.append)
    if command.pipe is None or command.pipe >= len(program.commands):
        return None
    reader = program.commands[command.pipe]
    if reader.name != "tee":
        return None
    options = [word.text for word in reader.words[1:] if word.text.startswith("-")]
    files = [word for word in reader.words[1:] if not word.text.startswith("-")]
    append = any(option == "--append" or (option[1:2] != "-" and "a" in option) for option in options)
    return _file(files[0], known, folder, append=append) if files else None


def _file(word: Word, known: Mapping[str, str], folder: str, *, append: bool) -> Target:
    path, constant = word.resolve(known)
    if folder and not path.startswith(("/", "$")):
        path = posixpath.join(folder, path)
    return Target(posixpath.normpath(path) if path.startswith("/") else path, append, constant, word.span)


def _printed(name: str, words: tuple[Word, ...], command: Command) -> list[_Printed]:
    """What the command prints, as far as its text says it."""
    if name == "cat":
        return [_Printed(redirect.body) for redirect in command.redirects if redirect.body]
    if name == "echo":
        start = 1
        while start < len(words) and _ECHO_OPTIONS.fullmatch(words[start].text):
            start += 1
        options = "".join(word.text for word in words[1:start])
        text = _joined(words[start:])
        return [_Printed(_escaped(text) if "e" in options else text, "n" not in options)] if text else []
    if name == "printf" and len(words) > 1:
        form = _escaped(words[1], printf=True)
        if form.text.lstrip().startswith("{"):
            directives = tuple(Expansion(Span(*found.span())) for found in _DIRECTIVE.finditer(form.text))
            whole = Word(form.text, form.span, form.offsets, form.expansions + directives, form.quoted)
            return [_Printed(whole, form.text.endswith("\n"))]
        return [_Printed(word, form.text.endswith("\n")) for word in words[2:]]
    return []


def _joined(words: tuple[Word, ...]) -> Word | None:
    """The words with a blank between them, as echo prints them."""
    if not words:
        return None
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    expansions: list[Expansion] = []
    for word in words:
        if pieces:
            pieces.append(" ")
            starts.append(word.span.start - 1)
            ends.append(word.span.start)
        expansions += [
            Expansion(Span(each.span.start + len(starts), each.span.end + len(starts)), each.name)
            for each in word.expansions
        ]
        pieces.append(word.text)
        starts += word.offsets.starts
        ends += word.offsets.ends
    span = Span(words[0].span.start, words[-1].span.end)
    return Word("".join(pieces), span, OffsetMap(starts, ends, span.start), tuple(expansions))


def _escaped(word: Word, *, printf: bool = False) -> Word:
    """The word with the escapes that `echo -e` and `printf` interpret put in."""
    out = Decoder(word.text)
    at = 0
    moved: list[tuple[int, int]] = []
    for found in _ESCAPE.finditer(word.text):
        letter, octal, code = found.groups()
        if not printf and (found[0] == "%%" or letter in {'"', "'"}):
            continue
        out.copy(at, found.start())
        at = found.end()
        digits = int(octal, 8) % 256 if octal else int(code, 16) if code else 0
        value = "%" if found[0] == "%%" else _ESCAPED.get(letter, letter) if letter else chr(digits)
        out.put(value, *found.span())
        moved.append((found.end(), len(out)))
    out.copy(at, len(word.text))
    if not moved:
        return word
    expansions = tuple(
        Expansion(Span(_moved(each.span.start, moved), _moved(each.span.end, moved)), each.name)
        for each in word.expansions
    )
    offsets = word.offsets.compose(out.offsets(0))
    return Word(out.text(), word.span, offsets, expansions, word.quoted)


def _moved(offset: int, moved: list[tuple[int, int]]) -> int:
    """Where an offset of the raw word is once the escapes before it are put in."""
    before = bisect_right(moved, (offset, offset))
    return offset + (moved[before - 1][1] - moved[before - 1][0] if before else 0)


def _events(word: Word) -> Iterator[EventText]:
    spans = sorted(each.span for each in word.expansions)
    starts, ends = [span.start for span in spans], [span.end for span in spans]
    for line in _LINE.finditer(word.text):
        begin = line.start() + len(line[0]) - len(line[0].lstrip())
        if not word.text.startswith("{", begin):
            continue
        span = Span(begin, line.end())
        inside = tuple(
            Span(max(each.start, begin) - begin, min(each.end, line.end()) - begin)
            for each in spans[bisect_right(ends, begin) : bisect_left(starts, line.end())]
        )
        yield EventText(word.text[slice(*span)], word.offsets.cut(span), inside)
