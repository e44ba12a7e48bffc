"""The status page: the chain drawn as it runs, and what an operator wants to know of it."""
