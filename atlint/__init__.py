"""atlint: event-schema compiler and conformance linter for Activity Tracker audit events."""

__version__ = "0.1.0"
