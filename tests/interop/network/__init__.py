"""dotchain on networks that lose packets, change, or are not there: namespaces that each test makes."""
