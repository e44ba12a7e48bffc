"""What the processes of a daemon note of themselves, and whether it grows."""
