"""A registration to the text of the issue that asks for it: Markdown, ready to paste, without any token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from atlint.pipeline.registration_facts import places, quoted
from atlint.plan.registration import Region, Registration
from atlint.report.redact import Redactor


def issue(registration: Registration, entries: Iterable[Region] | None = None) -> str:
    """The issue for the given entries, or for all; each environment and region is a registration of its own."""
    chosen = tuple(registration.regions if entries is None else entries)
    return Redactor().without_secrets("".join(f"{line}\n" for line in _lines(registration, chosen)))


def _lines(registration: Registration, entries: tuple[Region, ...]) -> Iterator[str]:
    environments = " and ".join(dict.fromkeys(entry.environment for entry in entries))
    yield f"# Register {_cell(registration.service)} with Activity Tracker" + (
        f" ({environments})" if environments else ""
    )
    yield ""
    yield f"- CRN service name: {_code(registration.service)}"
    yield f"- Name for people: {_cell(registration.display_name)}"
    yield f"- Event format: {registration.edition}"
    yield f"- Declared actions: {len(registration.actions)}"
    yield ""
    yield "| environment | region | endpoint | service_provider_project_id | service_provider_account_id |"
    yield "|---|---|---|---|---|"
    tables = places()
    for entry in entries:
        tracker = tables.get(entry.environment, {}).get(entry.region)
        region = f"{tracker.place} ({entry.region})" if tracker else entry.region
        facts = {"endpoint": entry.endpoint, "spaceId": entry.space_id, "accountId": entry.account_id}
        shown = (_code(quoted(name, text).text if text else "") for name, text in facts.items())
        cells = (entry.environment, region, *shown)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield "Please send a **service token** (not an IAM token) for each of them, on a private channel."


def _code(text: str) -> str:
    shown = _cell(text).replace("`", "")
    return f"`{shown}`" if shown else "missing"


def _cell(text: str) -> str:
    """Text that stays one cell of a table and no markup."""
    kept = "".join(char for char in text if char.isprintable())
    return kept.replace("|", "\\|").replace("<", "&lt;")
