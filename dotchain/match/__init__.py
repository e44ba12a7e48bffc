"""The language of matches that every deciding stage speaks: words that hold for a query or don't."""
