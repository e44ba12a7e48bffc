"""The numbers of the DNS registries that dotchain acts on, as plain ints.

Enumerations would cost the hot path a call for each comparison; everything that
prints numbers uses dnspython's. Each stands on a line of its own, as only what is C{Final} is
a number in the compiled build, and not a look-up in a dictionary.
"""

from typing import Final

# Header flags (RFC 1035 section 4.1.1, RFC 4035 section 3).
QR: Final = 0x8000
AA: Final = 0x0400
TC: Final = 0x0200
RD: Final = 0x0100
RA: Final = 0x0080
AD: Final = 0x0020
CD: Final = 0x0010

# Opcodes (RFC 6895 section 2.2).
NOTIFY: Final = 4
UPDATE: Final = 5

# RCODEs (RFC 6895 section 2.3).
NOERROR: Final = 0
FORMERR: Final = 1
SERVFAIL: Final = 2
NXDOMAIN: Final = 3
NOTIMP: Final = 4
REFUSED: Final = 5
YXDOMAIN: Final = 6
BADVERS: Final = 16
BADCOOKIE: Final = 23

# TYPEs.
A: Final = 1
NS: Final = 2
CNAME: Final = 5
SOA: Final = 6
PTR: Final = 12
HINFO: Final = 13
MX: Final = 15
SIG: Final = 24
AAAA: Final = 28
SRV: Final = 33
NAPTR: Final = 35
DNAME: Final = 39
DS: Final = 43
RRSIG: Final = 46
NSEC: Final = 47
NSEC3: Final = 50
OPT: Final = 41
SVCB: Final = 64
HTTPS: Final = 65
NXNAME: Final = 128
TKEY: Final = 249
TSIG: Final = 250
IXFR: Final = 251
AXFR: Final = 252
ANY: Final = 255

# EDNS(0): the DO flag (RFC 3225), options, and the size that we advertise (RFC 9715).
DO: Final = 0x8000
DAU: Final = 5
DHU: Final = 6
N3U: Final = 7
SUBNET: Final = 8
EXPIRE: Final = 9
COOKIE: Final = 10
KEEPALIVE: Final = 11
PADDING: Final = 12
KEY_TAG: Final = 14
EDE: Final = 15
UDP_SIZE: Final = 1232
MAXIMUM: Final = 65535

# Extended DNS errors (RFC 8914 section 4).
EDE_OTHER: Final = 0
EDE_STALE: Final = 3
EDE_FORGED: Final = 4
EDE_CACHED_ERROR: Final = 13
EDE_NOT_READY: Final = 14
EDE_BLOCKED: Final = 15
EDE_CENSORED: Final = 16
EDE_FILTERED: Final = 17
EDE_PROHIBITED: Final = 18
EDE_STALE_NXDOMAIN: Final = 19
EDE_NOT_AUTHORITATIVE: Final = 20
EDE_NOT_SUPPORTED: Final = 21
EDE_NO_REACHABLE_AUTHORITY: Final = 22
EDE_NETWORK_ERROR: Final = 23
EDE_INVALID_DATA: Final = 24
EDE_INVALID_QUERY_TYPE: Final = 30
