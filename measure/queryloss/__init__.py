"""What becomes of queries when upstreams fail, in dotchain and its peers: see docs/reliability.rst."""
