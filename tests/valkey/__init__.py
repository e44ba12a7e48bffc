"""Tests of L{dotchain.valkey}."""
