"""The verbs of the dotchain command."""
