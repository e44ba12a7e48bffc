"""Fronts, where queries come in and responses leave: who may ask, how much, and what is remembered."""
