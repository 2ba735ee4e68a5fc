"""The same rules at the places where people work."""
