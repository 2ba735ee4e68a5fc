"""`atlint explain`: a rule's page."""

from __future__ import annotations

import json

import click

from atlint.cli.options import named
from atlint.model import AtlintError


@click.command("explain", short_help="Say what a rule does, and how to fix what it finds.")
@named("rules", nargs=-1, metavar="CODE|NAME...")
@click.option("--all", "every", is_flag=True, help="All rules.")
@click.option("--output", "-o", default="text", type=click.Choice(["text", "json"]), help="How to print them.")
def command(rules: tuple[str, ...], every: bool, output: str) -> int:  # noqa: FBT001 - click passes flags so
    """Say what a rule does, why it matters, and how to fix what it finds."""
    from atlint.report.rule_page import as_json, page
    from atlint.rules import REGISTRY
    from atlint.rules.selection import expand

    if rules and every:
        raise click.UsageError("--all explains every rule: leave it out, or the rules that are named")
    if not rules and not every:
        raise AtlintError("name a rule, such as AT310 or crn-service-mismatch, or say --all")
    found = list(REGISTRY.values()) if every else [rule for name in rules for rule in expand(name)]
    if output == "json":
        pages = [as_json(rule) for rule in found]
        click.echo(json.dumps(pages if every or len(pages) != 1 else pages[0], indent=2))
    elif every:
        width = max(len(rule.name) for rule in found)
        for rule in found:
            click.echo(f"{rule.code}  {rule.name:{width}}  {rule.summary}")
    else:
        click.echo("\n\n".join(page(rule).rstrip() for rule in found))
    return 0
