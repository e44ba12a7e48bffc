"""
Lists of names that others publish: read in pieces, of any of the usual formats, and found in less than 1 µs.
"""
