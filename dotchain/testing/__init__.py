"""
All that a test of a stage needs: a next resolver that follows a script, a clock that it turns, no socket.

Queries and answers are given as text, such as C{www.example.org. AAAA} and C{www.example.org. 300 IN A
192.0.2.1}, as the octets of a message, or as they are: see C{docs/stages.rst}.
"""

from .case import StageCase, both
from .messages import (
    SOA,
    Asked,
    Line,
    Said,
    answerOf,
    makeAnswer,
    makeQuery,
    queryOf,
    recordsOf,
    ttlsOf,
)
from .reactor import VirtualReactor
from .script import Scripted

__all__ = [
    "SOA",
    "Asked",
    "Line",
    "Said",
    "Scripted",
    "StageCase",
    "VirtualReactor",
    "answerOf",
    "both",
    "makeAnswer",
    "makeQuery",
    "queryOf",
    "recordsOf",
    "ttlsOf",
]
