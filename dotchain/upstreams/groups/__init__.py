"""Groups: upstreams over upstreams, by how these are and in an order that is each group's own."""
