"""A text that should be a service token to what it is instead: what AT709 tells of, and `compile` refuses."""

from __future__ import annotations

import re
from typing import Final

from atlint.pipeline.names import placeholder

_IAM: Final = re.compile(r"(?:[Bb]earer[ ]+)?eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?|[Bb]earer[ ].*")
#: the keys that IAM gives out have 44 characters of base64 for URLs
_API_KEY: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9_-]{44}")


def wrong_kind(token: str) -> str:
    """`placeholder`, `iam` or `api-key` where a text is surely that; empty where it may be a service token."""
    if placeholder(token):
        return "placeholder"
    if _IAM.fullmatch(token):
        return "iam"
    return "api-key" if _API_KEY.fullmatch(token) else ""
