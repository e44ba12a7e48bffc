"""Protocol rules, checked from outside: octets in, octets out, each test named after its rule."""
