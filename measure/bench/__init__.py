"""dotchain beside its peers, in the same roles, under the same load: see docs/performance.rst."""
