"""Tests of the stage block."""
