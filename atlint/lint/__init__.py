"""Raw bytes to Problems: read lines, accept the clean ones fast, explain the others."""

from atlint.lint.explain import Explainer, Explanation

__all__ = ["Explainer", "Explanation"]
