"""Changes atlint in small ways, one at a time, and counts the changes that a test notices."""
