"""Upstreams, where a chain ends: C{forward}, with its addresses and the queries on their way, and C{zone}."""
