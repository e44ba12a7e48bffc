"""Several processes that serve the same addresses: a parent that holds the sockets, and its workers."""
