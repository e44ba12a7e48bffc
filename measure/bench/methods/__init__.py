"""How a scenario is measured: one kind of run a file."""
