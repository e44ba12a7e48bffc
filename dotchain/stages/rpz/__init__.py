"""The stage C{rpz}: response policy zones."""
