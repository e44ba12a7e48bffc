"""The process: it binds, serves, reloads, drains, and tells systemd."""
