"""Tests of dotchain.tls."""
