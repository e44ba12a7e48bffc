"""DNS over TLS (RFC 7858) as a chain of resolvers, run by twistd."""

__version__ = "0.1.0"
