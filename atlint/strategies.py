"""Hypothesis strategies for the tests of services: compliant events, and broken ones with what is wrong.

Needs the extra `strategies` (`pip install atlint[strategies]`).
"""

from atlint.load.strategies import broken, events, lines

__all__ = ["broken", "events", "lines"]
