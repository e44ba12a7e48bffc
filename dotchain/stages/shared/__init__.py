"""The stage C{shared}, one idea a file."""
