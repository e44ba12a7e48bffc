"""What figures of a daemon say: how much of what a second, what is wrong, and what to do about it."""
