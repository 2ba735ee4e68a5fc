"""A Plan to one bundled JSON Schema (2020-12) that any validator can use."""

from __future__ import annotations

from typing import Any, Final

from atlint.plan import Node, Plan
from atlint.plan.form import grammar_of
from atlint.plan.registration import Registration
from atlint.pointer import tokens

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def bundle(plan: Plan) -> dict[str, Any]:
    """The shape of an event: types, members, closed sets and forms.

    Forms that are regular become `pattern`s; the two others stay a `format` of our own. Relations between
    fields are the rules' business and not in it.
    """
    schema = _schema(plan.root)
    if plan.registration is not None:
        schema["$comment"] = f"Narrowed to the service {plan.registration.service}."
        _narrow(schema, plan, plan.registration)
    return {"$schema": DIALECT, "title": f"Activity Tracker event, edition {plan.edition}", **schema}


def _narrow(schema: dict[str, Any], plan: Plan, registration: Registration) -> None:
    """Close what the registration decides: the declared actions, the provider's name, regions and spaces."""
    regions = list(dict.fromkeys(entry.region for entry in registration.regions))
    spaces = [entry.space_id for entry in registration.regions]
    spaces += [f"a:{entry.account_id}" for entry in registration.regions if entry.account_id]
    closed: dict[str, list[str]] = {
        "action": list(dict.fromkeys(entry.action for entry in registration.actions)),
        "meta/serviceProviderName": [registration.service],
        "meta/serviceProviderRegion": regions,
        "meta/serviceProviderProjectId": list(dict.fromkeys(filter(None, spaces))),
    }
    for role, words in closed.items():
        node = plan.node(plan.pointer(role))
        if not words or node is None or node.forbidden:
            continue
        at = schema
        for token in tokens(plan.pointer(role)):
            at = at["properties"][token]
        for keyword in ("pattern", "anyOf", "format"):
            at.pop(keyword, None)
        at["enum"] = words


def _schema(node: Node) -> dict[str, Any]:
    if node.forbidden:
        return {"not": {}, **_described(node)}
    schema: dict[str, Any] = _described(node)
    if node.types:
        kinds = sorted(node.types)
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if node.choices is not None:
        schema["enum"] = list(node.choices) + ([None] if "null" in node.types else [])
    if node.members:
        schema["properties"] = {name: _schema(member) for name, member in node.members.items()}
    if node.required:
        schema["required"] = list(node.required)
    if node.closed:
        schema["additionalProperties"] = False
    if node.items is not None:
        schema["items"] = _schema(node.items)
    limits = {
        "minItems": node.min_items or None,
        "maxItems": node.max_items,
        "minLength": node.min_length or None,
        "minimum": node.minimum,
        "maximum": node.maximum,
    }
    schema |= {keyword: value for keyword, value in limits.items() if value is not None}
    return schema | _form(node)


def _form(node: Node) -> dict[str, Any]:
    if not node.form:
        return {}
    found = grammar_of(node.form)
    if found is None:
        form = {"format": node.form}
        return form if node.min_length else {"anyOf": [{"const": ""}, form]}
    grammar, rule = found
    expression = grammar.rules[rule or grammar.start]
    empty = "" if node.min_length else "?"
    return {"pattern": f"^(?:{expression}){empty}$(?!\\n)"}


def _described(node: Node) -> dict[str, Any]:
    described: dict[str, Any] = {"description": node.description} if node.description else {}
    if node.examples:
        described["examples"] = list(node.examples)
    return described
