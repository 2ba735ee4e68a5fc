"""The pages as a stranger reads them: every example is run, every link followed, every name looked up."""
