"""Schemas, grammars and vocabulary, compiled once into a small immutable Plan."""

from atlint.plan.compiler import Settings, compile_plan
from atlint.plan.grammar import Grammar
from atlint.plan.node import Node
from atlint.plan.plan import Plan, record_of
from atlint.plan.truth import EDITIONS, SchemaError, known_edition

__all__ = [
    "EDITIONS",
    "Grammar",
    "Node",
    "Plan",
    "SchemaError",
    "Settings",
    "compile_plan",
    "known_edition",
    "record_of",
]
