"""What looks at a daemon from inside; this folder is on the path of its Python alone."""
