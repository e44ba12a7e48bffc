"""Programs that measure dotchain beside its peers, each run by C{python -m measure.NAME}."""
