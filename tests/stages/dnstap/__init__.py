"""Tests of the stage dnstap, one file for each of its."""
