"""The stage C{block}: names on lists are answered here, whatever the DNS has."""
