"""The stage C{mirror}: copies of queries for another resolver."""
