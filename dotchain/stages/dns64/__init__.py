"""The stage C{dns64}: addresses of NAT64 for names that have addresses of IPv4 alone (RFC 6147)."""
