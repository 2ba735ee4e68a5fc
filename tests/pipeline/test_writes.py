from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlint.model import Span
from atlint.pipeline.document import read
from atlint.pipeline.node import Scalar, at
from atlint.pipeline.shell import parse
from atlint.pipeline.writes import Write, writes


def found(program: str, **options: object) -> list[Write]:
    return list(writes(parse(program), **options))  # type: ignore[arg-type]  # the options of the test's table


#: program, path, append, constant, events, ends with a line feed
CASES = [
    ("echo '{\"a\":1}' >> /l/x.log", "/l/x.log", True, True, ['{"a":1}'], True),
    ("echo -n '{}' > /l/x.log", "/l/x.log", False, True, ["{}"], False),
    ('echo "{\\"a\\":\\"$B\\"}" >> /l/$HOSTNAME.log', "/l/$HOSTNAME.log", True, False, ['{"a":"$B"}'], True),
    ('echo -e \'{"a":1}\\n{"b":2}\' >> /x', "/x", True, True, ['{"a":1}', '{"b":2}'], True),
    ("echo {} x >> /x", "/x", True, True, ["{} x"], True),
    ('printf \'{"a":"%s","b":"5%%"}\\n\' 1 >> /x', "/x", True, True, ['{"a":"%s","b":"5%"}'], True),
    ("printf '%s\\n' '{\"a\":1}' '{}' >> /x", "/x", True, True, ['{"a":1}', "{}"], True),
    ("printf %s '{}' >> /x", "/x", True, True, ["{}"], False),
    ("echo '{}' | tee -a /x", "/x", True, True, ["{}"], True),
    ("echo '{}' | tee /x > /dev/null", "/x", False, True, ["{}"], True),
    ("cat <<'E' >> /x\n{\"a\":1}\nE\n", "/x", True, True, ['{"a":1}'], True),
    ("while :; do echo '{}'; sleep 1; done >> /x", "/x", True, True, ["{}"], True),
    ("L=/l; F=\"$L/x.log\"; echo '{}' >> $F", "/l/x.log", True, True, ["{}"], True),
    ("L=$(mktemp); echo '{}' >> $L", "$L", True, False, ["{}"], True),
    ("export L=/l && cd $L && echo '{}' >> y/../x.log", "/l/x.log", True, True, ["{}"], True),
    ("exec >> /x; echo '{}'", "/x", True, True, ["{}"], True),
    ("python app.py >> /l/x.log 2>&1 &", "/l/x.log", True, True, [], True),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_what_is_written_where(case: tuple[str, str, bool, bool, list[str], bool]) -> None:
    program, *expected = case
    write = found(program)[0]
    assert write.target
    target = write.target
    events = [event.text for event in write.events]
    assert [target.path, target.append, target.constant, events, write.terminated] == expected


def test_the_container_says_where_it_starts_and_what_is_set() -> None:
    (write,) = found("echo '{}' >> $NAME.log", variables={"NAME": "x"}, folder="/var/log/at")
    assert write.target
    assert (write.target.path, write.target.constant) == ("/var/log/at/x.log", True)


@pytest.mark.parametrize("program", ["echo hello", "mkdir -p /x", "sleep 1 > /x", "a=1", ""])
def test_what_writes_nothing(program: str) -> None:
    assert found(program) == []


def test_a_variable_that_doubles_over_and_over_is_left_alone() -> None:
    (write,) = found("a=xxxxxxxxxxxxxxxx;" + "a=$a$a;" * 80 + "echo '{}' >> $a")
    assert write.target
    assert write.target.constant is False


@pytest.mark.parametrize(
    ("program", "expansions"),
    [
        ('echo "{\\"a\\":\\"$A\\",\\"b\\":\\"$(date)\\"}"', ["$A", "$(date)"]),
        ('printf \'{"a":"\\t%s %-5d"}\\n\'', ["%s", "%-5d"]),
        ('echo -e "{\\"x\\":\\"\\\\t$A\\"}\\n{\\"y\\":\\"$B\\"}"', ["$A", "$B"]),
    ],
)
def test_expansions_of_an_event(program: str, expansions: list[str]) -> None:
    (write,) = found(program)
    assert [event.text[slice(*span)] for event in write.events for span in event.expansions] == expansions


EVENT = st.dictionaries(
    st.text(alphabet="ab'\"\\é\U0001f600 ", max_size=6), st.text(max_size=8) | st.integers(), max_size=4
)


@pytest.mark.parametrize("style", ["double", "single", "literal"])
@given(event=EVENT)
def test_an_event_in_a_shell_string_in_yaml_maps_to_the_file(style: str, event: dict[str, object]) -> None:
    text = json.dumps(event)
    quoted = "'" + text.replace("'", "'\\''") + "'"
    program = f"while true; do echo {quoted} >> /var/log/at/x.log; done"
    scalar = {
        "double": json.dumps(program, ensure_ascii=True),
        "single": "'" + program.replace("'", "''") + "'",
        "literal": "|-\n    " + program,
    }[style]
    stream = read(f"args:\n  - {scalar}\n".encode(), "m.yaml")
    node = at(stream.documents[0].root, "args", 0)
    assert isinstance(node, Scalar)
    assert node.value == program
    (write,) = [write for write in writes(parse(node.value)) if write.events]
    assert json.loads(write.events[0].text) == event
    offsets = stream.offsets(node).compose(write.events[0].offsets)
    for index, character in enumerate(text):
        start, end = offsets.span(Span(index, index + 1))
        held = stream.source.text[start:end]
        assert held in {character, "\\" + character, "''"}, (held, character)
