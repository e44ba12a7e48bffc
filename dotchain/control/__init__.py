"""The control socket, and what the running daemon answers there: a module for each verb."""
