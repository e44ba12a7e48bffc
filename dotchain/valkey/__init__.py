"""Valkey or Redis as a store that several machines share: asked in passing, and never waited for long."""
