"""The stage C{cache}, one idea a file."""
