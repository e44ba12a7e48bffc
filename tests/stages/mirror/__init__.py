"""Tests of the stage C{mirror}."""
