"""The only place where a value of an event becomes text: masked where sensitive, and always printable.

Sensitive is what the schema says so of, an account within a CRN, and all that looks like a credential. With
`show_values` only credentials are masked: they are never shown.
"""

from atlint.report.redact.hidden import Hidden
from atlint.report.redact.masks import merged
from atlint.report.redact.window import window
from atlint.report.redact.words import Redactor

__all__ = ["Hidden", "Redactor", "merged", "window"]
