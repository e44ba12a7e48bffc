"""UDP to an upstream: many connected sockets, written and read in batches."""
