"""dotchain among daemons and clients that others wrote, all on the loopback address."""
