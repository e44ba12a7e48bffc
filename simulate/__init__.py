"""How many queries a fleet of machines sends upstream: see docs/scale.rst."""
