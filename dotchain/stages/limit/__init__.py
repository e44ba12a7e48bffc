"""The stage C{limit}: how many queries each client may ask."""
