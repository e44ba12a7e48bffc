"""Hours of mixed traffic while all that may happen to a daemon happens: see docs/reliability.rst."""
