"""Queries over TCP and TLS: listening sockets, their connections, and clients that are slow."""
