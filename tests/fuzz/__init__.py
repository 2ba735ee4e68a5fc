"""Coverage-guided fuzzing: `python -m tests.fuzz --seconds 600 [TARGET...]`; `test_corpus.py` replays what it kept."""
