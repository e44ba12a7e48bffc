"""Fronts: where queries come in and responses leave."""
