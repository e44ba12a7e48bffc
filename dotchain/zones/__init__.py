"""Zones that are answered for here: read from master files, and what they say to a question."""
