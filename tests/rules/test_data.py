from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from atlint.lint import Explanation
from atlint.plan import Plan
from atlint.rules.data import repair_encoding
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]


@pytest.mark.parametrize("edition", ["at-2018", "at-2019"])
@pytest.mark.parametrize("role", ["requestData", "responseData"])
@pytest.mark.parametrize(
    ("value", "case", "marked"),
    [
        ('{"zone":"dal10"}', None, None),
        ("{}", None, None),
        ({"zone": "dal10"}, "type", None),
        ("zone=dal10", "broken", "zone"),
        ("{'zone': 'dal10'}", "broken", "'"),
        ('{"zone":', "broken", None),
        ('{"a":1,"a":2}', "blemish", '"a"'),
        ('"{\\"zone\\":\\"dal10\\"}"', "twice", None),
        ("17", "scalar", None),
        ('"zone"', "scalar", None),
    ],
)
def test_a_text_that_holds_json(
    explain: Explain, edition: str, role: str, value: Any, case: str | None, marked: str | None
) -> None:
    found = explain(edition, lambda draft: draft.put(role, value)).problems
    assert [(p.code, p.case) for p in found] == ([] if case is None else [("AT531", case)])
    if marked:
        assert found[0].within is not None
        assert value[found[0].within.start : found[0].within.end] == marked


@pytest.mark.parametrize("edition", ["at-2020", "at-2025"])
@pytest.mark.parametrize(
    ("value", "repair"),
    [('{"zone":"dal10"}', {"zone": "dal10"}), ("zone=dal10", None), ("[1]", None), ('{"a":1,"a":2}', None)],
)
def test_an_object_where_a_text_was(explain: Explain, edition: str, value: str, repair: Any) -> None:
    (found,) = explain(edition, lambda draft: draft.put("requestData", value)).problems
    assert (found.code, found.case, found.repair) == ("AT531", "type", repair)


def test_the_two_encodings_lead_to_each_other(plans: dict[str, Plan]) -> None:
    text = plans["at-2018"].node("/payload/requestData")
    plain = plans["at-2020"].node("/requestData")
    assert text is not None
    assert plain is not None
    data = {"zone": "dal10", "names": ["ß", 1, None]}
    assert repair_encoding(text, data) == '{"zone":"dal10","names":["ß",1,null]}'
    assert repair_encoding(plain, repair_encoding(text, data)) == data
    assert (
        repair_encoding(text, "x") is repair_encoding(plain, "[1]") is repair_encoding(plain, '{"a":1,"a":2}') is None
    )


def update(data: Any) -> Callable[[Draft], None]:
    def change(draft: Draft) -> None:
        action = draft.reading.action()
        assert action is not None
        assert action.service is not None
        assert action.object is not None
        draft.put("action", f"{action.service.text}.{action.object.text}.update")
        draft.put("severity", "warning")
        draft.succeed()
        draft.drop("requestData") if data is ... else draft.put("requestData", data)

    return change


@pytest.mark.parametrize("edition", ["at-2020", "at-2025"])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (..., [("", ("updateType", "initialValue", "newValue"))]),
        ({}, [("", ("updateType", "initialValue", "newValue"))]),
        ({"updateType": "Name changed"}, [("partial", ("initialValue", "newValue"))]),
        ({"updateType": "Name changed", "initialValue": None, "newValue": "b"}, []),
        ({"update": []}, []),
        ({"totalNumberChanges": 2}, []),
    ],
)
def test_updates(explain: Explain, edition: str, data: Any, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    found = [p for p in explain(edition, update(data)).problems if p.code == "AT532"]
    assert [(p.case, p.facts["want"]) for p in found] == expected


@pytest.mark.parametrize("value", ["true", 0, None, [True]])
def test_data_event(explain: Explain, value: Any) -> None:
    (found,) = explain("at-2020", lambda draft: draft.put("dataEvent", value)).problems
    assert (found.code, found.case) == ("AT533", "type")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ('{"a": 1, "zone": {"name": "dal10"}}', '{"name": "dal10"}'),
        ('{"zones":[]}', "[]"),
        ('{"note":"{[ are marks","n":null,"up":true}', None),
        ("[1]", None),
    ],
)
def test_nested_data(explain: Explain, text: str, marked: str | None) -> None:
    found = explain("at-2018", lambda draft: draft.put("requestData", text)).problems
    told = [(p.code, text[p.within.start : p.within.end]) for p in found if p.within]
    assert told == ([("AT534", marked)] if marked else [])
    assert not explain("at-2019", lambda draft: draft.put("requestData", text)).problems
