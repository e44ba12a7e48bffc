"""Tests of the language of matches."""
