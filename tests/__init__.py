"""The tests of dotchain, in the order of its own folders."""
