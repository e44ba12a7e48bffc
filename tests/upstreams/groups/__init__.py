"""Tests of groups of upstreams."""
