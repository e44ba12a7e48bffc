"""The verbs of the C{dotchain} command, a module each, and what they read and print."""
