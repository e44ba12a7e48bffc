"""Tests of the stage rpz, one file for each of its."""
