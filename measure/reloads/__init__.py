"""What a thousand reloads under load lose, and what they leave behind: see docs/reload.rst."""
