"""What a shared cache gains, and what its server costs when it fails: see docs/reliability.rst."""
