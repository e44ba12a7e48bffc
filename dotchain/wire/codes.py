"""The numbers of the DNS registries that dotchain acts on, as plain ints.

Enumerations would cost the hot path a call for each comparison; everything that
prints numbers uses dnspython's.
"""

# Header flags (RFC 1035 section 4.1.1, RFC 4035 section 3).
QR, AA, TC, RD, RA, AD, CD = 0x8000, 0x0400, 0x0200, 0x0100, 0x0080, 0x0020, 0x0010

# Opcodes (RFC 6895 section 2.2).
NOTIFY, UPDATE = 4, 5

# RCODEs (RFC 6895 section 2.3).
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, YXDOMAIN = range(7)
BADVERS, BADCOOKIE = 16, 23

# TYPEs.
A, NS, CNAME, SOA, PTR, HINFO, MX, SIG, AAAA = 1, 2, 5, 6, 12, 13, 15, 24, 28
DS, RRSIG, NSEC, NSEC3 = 43, 46, 47, 50
OPT, NXNAME, TKEY, TSIG, IXFR, AXFR, ANY = 41, 128, 249, 250, 251, 252, 255

# EDNS(0): the DO flag (RFC 3225), options, and the size that we advertise (RFC 9715).
DO = 0x8000
DAU, DHU, N3U, SUBNET, EXPIRE, COOKIE, KEEPALIVE, PADDING, KEY_TAG, EDE = 5, 6, 7, 8, 9, 10, 11, 12, 14, 15
UDP_SIZE = 1232
MAXIMUM = 65535

# Extended DNS errors (RFC 8914 section 4).
EDE_OTHER, EDE_STALE, EDE_FORGED, EDE_CACHED_ERROR, EDE_NOT_READY = 0, 3, 4, 13, 14
EDE_BLOCKED, EDE_CENSORED, EDE_FILTERED, EDE_PROHIBITED, EDE_STALE_NXDOMAIN = 15, 16, 17, 18, 19
EDE_NOT_AUTHORITATIVE, EDE_NOT_SUPPORTED, EDE_NO_REACHABLE_AUTHORITY = 20, 21, 22
EDE_NETWORK_ERROR, EDE_INVALID_DATA = 23, 24
EDE_INVALID_QUERY_TYPE = 30
