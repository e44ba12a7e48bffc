"""The stage C{dnstap}: queries and answers as dnstap has them, to a socket or a file."""
