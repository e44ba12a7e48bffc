"""Upstreams by name: what their addresses are, and a clock that may be wrong."""
