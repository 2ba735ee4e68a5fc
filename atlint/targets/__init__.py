"""What `atlint compile` writes, one target a file."""
