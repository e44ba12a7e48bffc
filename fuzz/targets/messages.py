"""DNS messages: queries, responses, their frames, zone transfers."""

from __future__ import annotations

from contextlib import suppress

from dotchain.wire import Answer, FormatError, Hop, Query, errorResponse, framing, render
from dotchain.wire.transfer import TransferProgress, asksForTransfer, request
from tests.wire.test_fuzz import SEEDS
from tests.wire.test_transfer import a, axfr, ixfr, message, soa
from tests.wire.vectors import opt, query

from ..target import Target

_HOPS = (Hop(), Hop(stream=True))
_ASKED = Query(query(opt()))
_FRAMES = 8


def _query(octets: bytes) -> None:
    """A query is answered, or refused with a response that is one."""
    try:
        asked = Query(octets)
    except FormatError as error:
        sent = [octets if error.rcode is None else errorResponse(octets, error, _HOPS[0])]
    else:
        sent = [octets[:2] + render(asked, Answer.bare(2, ((22, "gone"),)), hop) for hop in _HOPS]
    assert all(each[:2] == octets[:2] for each in sent)


def _answer(octets: bytes) -> None:
    """A response is read or not; what is sent for it can be read once more."""
    with suppress(FormatError):
        found = Answer.parse(octets)
        for hop in _HOPS:
            Answer.parse(_ASKED.wire[:2] + render(_ASKED, found, hop))


def _frames(octets: bytes) -> None:
    """Frames come apart in the same way however they are cut."""
    with suppress(FormatError):
        whole = framing.split(octets, _FRAMES)
        half = len(octets) // 2
        some, rest = framing.split(octets[:half], _FRAMES)
        more, rest = framing.split(rest + octets[half:], _FRAMES - len(some))
        assert (some + more, rest) == whole


def _transfer(octets: bytes) -> None:
    """A transfer goes on, ends, or is none."""
    with suppress(FormatError):
        first, *messages = framing.split(octets, _FRAMES)[0] or [b""]
        asked = request(Query(first))
        if asksForTransfer(asked):
            progress = TransferProgress(asked)
            for each in messages:
                if progress.ends(each):
                    return


_TRANSFERS = (
    framing.join([axfr(), message(soa(2), a(1), soa(2))]),
    framing.join([axfr(), message(soa(2), a(1)), message(a(2), asks=b""), message(soa(2), asks=b"")]),
    framing.join([ixfr(1), message(soa(2), soa(1), a(1), soa(2), a(2), soa(2))]),
)

TARGETS = (
    Target("query", _query, tuple(SEEDS), message=True),
    Target("answer", _answer, tuple(SEEDS), message=True),
    Target("frames", _frames, tuple(framing.join([each, each]) for each in SEEDS), message=True),
    Target("transfer", _transfer, _TRANSFERS, message=True),
)
