"""Tests of the stage cache, one file for each of its."""
