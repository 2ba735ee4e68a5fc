"""The table of packages in the explanation of the plan, from the import contract and what each says of itself."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Final

from tests.generated.page import ROOT, Page, table

_PAGE: Final = "docs/explanation/plan.md"
_BETWEEN: Final = re.compile(r"(?<=<!-- layers -->\n\n).*?(?=<!-- end of layers -->)", re.DOTALL)


def pages() -> Iterator[Page]:
    """The page with its table fresh."""
    text = (ROOT / _PAGE).read_text(encoding="utf-8")
    yield _PAGE, _BETWEEN.sub(lambda _: "\n".join(table(("layer", "package", "what it holds"), _rows())) + "\n", text)


def _rows() -> Iterator[tuple[str, str, str]]:
    """A row for each package, the topmost first; those of one layer share its number."""
    layers = _layers()
    for number, layer in zip(range(len(layers), 0, -1), layers, strict=True):
        for name in layer.split(" | "):
            yield str(number), f"`{name}`", _about(name)


def _layers() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = (one for one in project["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    return [str(layer) for layer in found["layers"]]


def _about(name: str) -> str:
    """The first line of a module's docstring."""
    path = ROOT / name.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
