"""Makes one mutant active by giving the function the mutant's code: nothing stands between caller and function.

mutmut's own trampolines look for the mutant at every call, which makes atlint's hot paths ten times slower.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, Final

import mutmut.mutation.trampoline
from mutmut.mutation.trampoline import set_mutant_under_test, wrap_in_trampoline
from mutmut.mutation.trampoline_templates import mangle_function_name
from mutmut.utils.format_utils import mangled_name_from_mutant_name

#: the functions of which there are mutants, each with these by name
_FUNCTIONS: Final[list[tuple[FunctionType, Mapping[str, Any]]]] = []


def install(mutant: str = "") -> None:
    """From now on modules made by mutmut are imported without trampolines, but for the one of `mutant`."""
    if mutant:
        set_mutant_under_test(mutant)
    function = function_of(mutant) if mutant else ""
    mutmut.mutation.trampoline.wrap_in_trampoline = functools.partial(_wrap, function)


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


def named(code: Container[CodeType]) -> Iterator[str]:
    """mutmut's names of those functions whose code this is."""
    for function, mutants in _FUNCTIONS:
        if mutants and function.__code__ in code:
            yield f"{function.__module__}.{function_of(mutants['_mutmut_orig'].__name__)}"


def _wrap(
    active: str, mutants: Mapping[str, Any], **options: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def wrap(function: Any) -> Callable[..., Any]:
        if active and active == _name(function):
            return wrap_in_trampoline(mutants, **options)(function)
        _FUNCTIONS.append((function, mutants))  # the mutants come into the mapping later
        return function

    return wrap


def _name(function: FunctionType) -> str:
    of_class, _, name = function.__qualname__.rpartition(".")
    return f"{function.__module__}.{mangle_function_name(name=name, class_name=of_class or None)}"
