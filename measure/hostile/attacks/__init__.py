"""The attackers: each attack is a function that does it for so long, and counts."""
