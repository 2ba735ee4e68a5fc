"""A language server: findings, meanings and repairs in an editor, from the engine that `check` runs."""
