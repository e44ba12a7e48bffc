"""Upstreams: where a chain ends."""
