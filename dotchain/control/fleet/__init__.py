"""The machines that share a server: what each tells of itself, and what is known of all."""
