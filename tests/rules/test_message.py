"""Messages: their form and their suffix."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from atlint.lint import Explanation
from atlint.rules.draft import Draft

Explain = Callable[..., Explanation]
CODES = {"AT221", "AT222"}


@pytest.mark.parametrize(
    ("text", "case"),
    [
        ("Key Protect: rotate secret my-key", None),
        ("Key Protect: ack-rotate secret", None),
        ("Key Protect: delete user 張偉@example.com", None),
        ("secret rotated", "display"),
        (": rotate secret", "display"),
        ("Key Protect: Rotate secret", "verb"),
        ("Key Protect:rotate secret", ""),
        ("Key Protect: rotate", ""),
    ],
)
@pytest.mark.parametrize("edition", ["at-2019", "at-2020", "at-2025"])
def test_form(explain: Explain, edition: str, text: str, case: str | None) -> None:
    found = [p for p in explain(edition, lambda draft: draft.put("message", text)).problems if p.code in CODES]
    assert [(p.code, p.case) for p in found] == ([] if case is None else [("AT221", case)])


@pytest.mark.parametrize(
    ("suffix", "outcome", "told"),
    [
        ("", "success", False),
        ("", "failure", False),
        (" -failure", "failure", False),
        (" -warning", "failure", False),
        (" -pending", "pending", False),
        (" - failure", "success", True),
        (" -warning", "success", True),
        (" -success", "failure", True),
        (" -failure", "pending", True),
        ("-failure", "success", False),
    ],
)
def test_suffix(explain: Explain, suffix: str, outcome: str, told: bool) -> None:
    def change(draft: Draft) -> None:
        draft.put("message", f"Key Protect: rotate secret my-key{suffix}")
        draft.put("outcome", outcome)

    found = [p for p in explain("at-2020", change).problems if p.code in CODES]
    assert [p.code for p in found] == (["AT222"] if told else [])


def test_the_first_edition_leaves_messages_alone(explain: Explain) -> None:
    found = explain("at-2018", lambda draft: draft.put("message", "whatever -failure")).problems
    assert not CODES & {p.code for p in found}


def test_a_placeholder_in_a_message_is_told_once(explain: Explain) -> None:
    found = explain("at-2020", lambda draft: draft.put("message", "Key Protect: ${VERB} secret")).problems
    assert [p.code for p in found] == ["AT110"]


def test_of_a_value_that_is_made_of_placeholders_the_first_hundred_are_told(explain: Explain) -> None:
    found = explain("at-2018", lambda draft: draft.put("target/id", "<a>" * 5_000)).problems
    assert [problem.code for problem in found].count("AT110") == 100
