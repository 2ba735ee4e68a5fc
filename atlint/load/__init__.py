"""Synthetic load with the truth about every event: sources, schedules, writers, manifest, verify, sink."""
