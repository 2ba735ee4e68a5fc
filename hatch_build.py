"""Builds the compiled half of the acceptor into the wheel, where there is a compiler; all is as right without it."""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "atlint.lint._scan"
#: the oldest Python that the built module is for; newer ones take it as it is (PEP 384)
ABI = "cp311-abi3"


class NativeHook(BuildHookInterface):  # type: ignore[type-arg]  # what the interface is generic over is nothing of ours
    """Compiles `native/` before the wheel is put together."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and say what was built; `version` is "editable" where the checkout itself is to be imported."""
        root = Path(self.root)
        built = compiled(root, root if version == "editable" else root / "build")
        if built is None:
            self.app.display_warning(f"{MODULE} is not built: atlint checks as well without it, and takes longer")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"{ABI}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
        if version != "editable":
            build_data["force_include"][str(built)] = f"{MODULE.rpartition('.')[0].replace('.', '/')}/{built.name}"


def compiled(root: Path, to: Path) -> Path | None:
    """The module, built below `to`; None where this Python or this machine cannot."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return None
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    native = root / "native"
    extension = Extension(
        MODULE,
        [os.path.relpath(native / "scan.c", root)],
        depends=[str(header) for header in native.glob("*.h")],
        py_limited_api=True,
        optional=True,
    )
    command = build_ext(Distribution({"name": "atlint", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = str(to), str(root / "build" / "objects")
    command.ensure_finalized()
    made = Path(command.get_outputs()[0]).resolve()
    made.unlink(missing_ok=True)  # what an earlier build left would pass for this one's
    with contextlib.chdir(root):
        command.run()
    return made if made.exists() else None
