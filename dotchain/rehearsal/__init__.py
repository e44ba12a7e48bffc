"""Chains asked without a network: upstreams follow a script, and it is told who decided."""
