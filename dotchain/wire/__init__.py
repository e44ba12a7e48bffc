"""The DNS message format, sans-IO: octets in, views and octets out, nothing else.

Header, question, OPT and the places of TTLs are read; resource records stay octets.
Only L{FormatError} leaves this package, whatever the octets.
"""

from .answer import DROP, Answer
from .errors import FormatError
from .outgoing import outgoing, withoutOpt
from .query import Query, ask
from .reply import Hop, errorResponse, render

__all__ = [
    "DROP",
    "Answer",
    "FormatError",
    "Hop",
    "Query",
    "ask",
    "errorResponse",
    "outgoing",
    "render",
    "withoutOpt",
]
