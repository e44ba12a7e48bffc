"""Rough networks."""
