"""Tests of the stage local, one file for each of its."""
