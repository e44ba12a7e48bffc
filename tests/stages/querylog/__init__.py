"""Tests of the stage querylog, one file for each of its."""
