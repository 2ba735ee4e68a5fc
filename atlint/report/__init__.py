"""What a run found, from redacted values to every output format."""
