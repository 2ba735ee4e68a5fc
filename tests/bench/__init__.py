"""How fast atlint is beside what a user would write instead: `python -m tests.bench`."""
