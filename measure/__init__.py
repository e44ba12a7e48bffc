"""Programs that measure dotchain, beside its peers or by itself, each run by C{python -m measure.NAME}."""
