"""Queries over UDP."""
