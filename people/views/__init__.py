"""Pages about signing in, colleagues, the record and the messages."""
