"""The same queries asked of a nameserver directly and through dotchain, compared octet by octet."""
