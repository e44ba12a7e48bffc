"""Octets without end for everything that reads what strangers or operators wrote: C{python -m fuzz}."""
