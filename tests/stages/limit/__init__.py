"""Tests of the stage C{limit}."""
