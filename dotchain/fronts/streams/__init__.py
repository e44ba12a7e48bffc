"""Queries over TCP and TLS."""
