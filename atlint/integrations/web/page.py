"""The page's HTML, made once: it holds the options to choose from and nothing of any event."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

import atlint
from atlint.lint.editions import AUTO
from atlint.plan import EDITIONS
from atlint.report.check import Options


def page(options: Options, largest: int) -> str:
    """The page; `options` are those that it starts from, `largest` is the most bytes that it may send."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = resources.files(__package__).joinpath("page.html.j2").read_text(encoding="utf-8")
    return environment.from_string(text).render(
        editions=(*EDITIONS, AUTO),
        edition=options.edition,
        samples=options.choice.samples,
        registration=options.registration is not None,
        largest=largest,
        limit=f"{largest / 1024 / 1024:g} MiB",
        version=atlint.__version__,
    )
