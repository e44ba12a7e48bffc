"""The stage bedtime."""
