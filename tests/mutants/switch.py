"""Makes one mutant active by giving the function the mutant's code: nothing stands between caller and function.

mutmut's own trampolines look for the mutant at every call, which makes atlint's hot paths ten times slower.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

import mutmut.mutation.trampoline
from mutmut.utils.format_utils import mangled_name_from_mutant_name

#: the functions of which there are mutants, each with these by name
_FUNCTIONS: Final[list[tuple[FunctionType, Mapping[str, Any]]]] = []
_SEEN: Final[set[CodeType]] = set()


def install() -> None:
    """From now on modules made by mutmut are imported without trampolines."""
    mutmut.mutation.trampoline.wrap_in_trampoline = _wrap


def function_of(mutant: str) -> str:
    """mutmut's name of the function that the mutant stands for."""
    return mangled_name_from_mutant_name(mutant)


def activate(mutant: str) -> None:
    """Make it so, in this process; its module must be imported."""
    module, _, name = mutant.rpartition(".")
    [(function, mutants)] = [one for one in _FUNCTIONS if one[0].__module__ == module and name in one[1]]
    changed = getattr(mutants[name], "__func__", mutants[name])
    function.__code__ = changed.__code__
    function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__


def watch(*, on: bool) -> None:
    """Begin to note which functions are called, anew; or stop."""
    _SEEN.clear()
    sys.setprofile(_note if on else None)


def seen() -> set[str]:
    """mutmut's names of the functions called since `watch`."""
    return {_name(mutants, function) for function, mutants in _FUNCTIONS if mutants and function.__code__ in _SEEN}


def _name(mutants: Mapping[str, Any], function: FunctionType) -> str:
    return f"{function.__module__}.{function_of(mutants['_mutmut_orig'].__name__)}"


def _note(frame: FrameType, event: str, _: object) -> None:
    if event == "call":
        _SEEN.add(frame.f_code)


def _wrap(mutants: Mapping[str, Any], **_: Any) -> Callable[[FunctionType], FunctionType]:
    return functools.partial(_register, mutants)


def _register(mutants: Mapping[str, Any], function: FunctionType) -> FunctionType:
    """The function as it is; its mutants come into the mapping later."""
    _FUNCTIONS.append((function, mutants))
    return function
