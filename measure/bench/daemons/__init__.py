"""Every candidate as a program that the bench starts."""
