"""The words of the language of matches, as operators are told of them."""

from __future__ import annotations

LANGUAGE = (
    ("example.org", "the name is that or below it; '.' is every name"),
    ("=www.example.org", "the name is exactly that"),
    ("*.example.org", "the name is below that"),
    (
        r"/^ads[0-9]*\./",
        "the regular expression finds something in the name in lower case, without its final dot",
    ),
    ("type:AAAA", "QTYPE is that; of several, as in type:A,AAAA, one of these"),
    ("class:CH", "QCLASS is that, or one of several"),
    ("client:192.0.2.0/24,2001:db8::1", "the client's address is in one of these networks"),
    ("front:dot", "that front has taken the query"),
    ("transport:tls", "it came by that: udp, tcp or tls"),
    ("sni:kids.dot.example", "the TLS client has asked for that server name"),
    ("identity:laptop.example", "the name in the client's certificate (mTLS) is that, or one of several"),
    ("time:mon-fri,08:00-18:00", "the local time is on one of these days, in one of these hours"),
    ("list:ads.txt", "the name is in that list, and no exception of it"),
    ("!WORD", "the word does not hold"),
)
"""Each word by an example, and where it holds: the table of docs/matches.rst in short."""
