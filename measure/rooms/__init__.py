"""The rooms of the tree, and what they import of each other."""
