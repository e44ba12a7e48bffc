"""Queries over UDP: sockets read and written in batches, and DNS cookies."""
