"""Tests of zones that are answered for here."""
