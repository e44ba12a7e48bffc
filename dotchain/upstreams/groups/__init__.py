"""Groups: upstreams over upstreams."""
