"""What clients are told through networks that lose, delay, reorder, double and damage packets."""
