"""A traced copy of the chain, by which C{dotchain explain} asks."""
