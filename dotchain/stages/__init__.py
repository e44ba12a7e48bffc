"""Stages: resolvers that hold a next one, one file an idea."""
