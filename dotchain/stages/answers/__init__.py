"""The stage C{answers}: answers that have what they must not have, be it an address or a name."""
