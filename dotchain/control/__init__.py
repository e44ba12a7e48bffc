"""The control socket: what the dotchain command asks the running daemon."""
