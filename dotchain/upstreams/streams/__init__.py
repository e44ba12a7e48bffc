"""Connections to an upstream over TCP and TLS: dialled, cared for, and filled with queries."""
