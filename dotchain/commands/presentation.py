"""Answers as dig prints them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from struct import unpack_from

import dns.edns
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rrset

from ..tls.certificates import day
from ..tls.verify import HandshakeReport
from ..wire.codes import EDE, KEEPALIVE, PADDING
from .attempt import STRAY, Answered, Outcome

SECTIONS = ("QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL")
_COUNTED = ("QUERY", "ANSWER", "AUTHORITY", "ADDITIONAL")
_COOKIE, _NSID = 10, 3


def short(answered: Answered) -> str:
    """The data of the answer's records, one a line, as C{dig +short} has them."""
    return "\n".join(rdata.to_text() for rrset in answered.message.answer for rdata in rrset)


def asText(outcome: Outcome) -> str:
    """The first answer as dig prints it, then the server, the time and the TLS session."""
    first = outcome.answers[0]
    lines = [";; truncated over UDP, asked again over TCP", ""] if outcome.truncated else []
    lines += _header(first)
    lines += _opt(first.message)
    for name, section in zip(SECTIONS, first.message.sections, strict=True):
        if section:
            mark = ";" if name == "QUESTION" else ""
            lines += ["", f";; {name} SECTION:", *(mark + line for line in _records(section))]
    return "\n".join([*lines, "", *_about(outcome)])


def _header(answered: Answered) -> list[str]:
    message = answered.message
    counts = unpack_from("!4H", answered.wire, 4)
    told = ", ".join(f"{name}: {count}" for name, count in zip(_COUNTED, counts, strict=True))
    lines = [
        f";; ->>HEADER<<- opcode: {dns.opcode.to_text(message.opcode())}, "
        f"status: {dns.rcode.to_text(message.rcode())}, id: {message.id}",
        f";; flags: {' '.join(flags(message))}; {told}",
    ]
    lines += [f";; malformed at octet {error.offset}: {nameOf(error.exception)}" for error in message.errors]
    return lines


def nameOf(error: Exception) -> str:
    """An exception in one line."""
    return clean(" ".join(str(error).split())) or type(error).__name__


def flags(message: dns.message.Message) -> list[str]:
    """The header's flags as dig writes them, C{qr} and so on."""
    return dns.flags.to_text(message.flags).lower().split()


def _opt(message: dns.message.Message) -> list[str]:
    if message.edns < 0:
        return []
    told = "".join(f" {flag}" for flag in dns.flags.edns_to_text(message.ednsflags).lower().split())
    return [
        "",
        ";; OPT PSEUDOSECTION:",
        f"; EDNS: version: {message.edns}, flags:{told}; udp: {message.payload}",
        *(f"; {name}: {value}" for _, name, value in eachOption(message)),
    ]


def eachOption(message: dns.message.Message) -> Iterator[tuple[int, str, str]]:
    """Each EDNS option as (code, name, what it says)."""
    for option in message.options:
        code, data = int(option.otype), option.to_wire() or b""
        if code == PADDING:
            yield code, "PADDING", f"{len(data)} octets" + (", not all zero" if data.strip(b"\0") else "")
        elif code == EDE:
            yield code, "EDE", clean(option.to_text()).removeprefix("EDE ")
        elif code == KEEPALIVE and len(data) == 2:
            yield code, "TCP-KEEPALIVE", f"{int.from_bytes(data, 'big') / 10:.1f} s"
        elif code == _COOKIE:
            yield code, "COOKIE", data.hex()
        elif code == _NSID:
            yield code, "NSID", f'{data.hex()} ("{clean(data.decode("ascii", "replace"))}")'
        elif isinstance(option, dns.edns.ECSOption):
            yield code, "CLIENT-SUBNET", f"{option.address}/{option.srclen}/{option.scopelen}"
        else:
            yield code, f"OPT={code}", data.hex()


def clean(stranger: str) -> str:
    """Text of a stranger without what a terminal would obey."""
    return "".join(letter if letter.isprintable() else "?" for letter in stranger)


def _records(section: list[dns.rrset.RRset]) -> Iterator[str]:
    for rrset in section:
        yield from rrset.to_text().splitlines()


def _about(outcome: Outcome) -> list[str]:
    address, first = outcome.address, outcome.answers[0]
    lines = [
        f";; SERVER: {address.host}#{address.port} ({address.transport.upper()})",
        f";; TIME: {_ms(first.seconds)} ms, sent after {_ms(outcome.connecting)} ms",
        f";; SIZE: {first.asked} octets sent, {len(first.wire)} received",
    ]
    if outcome.wanted > 1:
        lines.append(f";; REPEAT: {_repeated(outcome)}")
    if outcome.strays:
        lines.append(f";; STRAY: {outcome.strays} {STRAY}")
    return lines + (session(outcome.report) if outcome.report else [])


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _repeated(outcome: Outcome) -> str:
    codes = rcodes(outcome)
    return (
        f"{len(outcome.answers)} of {outcome.wanted} answered on one connection, "
        f"the last after {_ms(outcome.answers[-1].seconds)} ms: "
        + ", ".join(f"{count} {code}" for code, count in codes.items())
    )


def rcodes(outcome: Outcome) -> Counter[str]:
    """How often each RCODE came."""
    return Counter(dns.rcode.to_text(answer.message.rcode()) for answer in outcome.answers)


def session(report: HandshakeReport) -> list[str]:
    """The TLS session: what it is made of, who is there, and the certificates presented."""
    resumed = "resumed" if report.resumed else "full handshake"
    alpn = f"ALPN {report.alpn}" if report.alpn else "no ALPN"
    agreed = filter(None, (report.version, report.cipher, report.group, alpn, resumed))
    lines = [f";; TLS: {', '.join(agreed)}"]
    lines.append(f";; {authentication(report)}")
    if report.notAfter is not None:
        state = "valid until" if datetime.now(timezone.utc) <= report.notAfter else "expired on"
        lines.append(f";; CERTIFICATE: {state} {day(report.notAfter)}")
    return lines + [f';;   pin-sha256="{pin}"  ; {role}' for role, pin in report.pins]


def authentication(report: HandshakeReport) -> str:
    """Who is there, or why nobody knows."""
    if not report.authenticated:
        return f"NOT AUTHENTICATED: {report.reason}"
    return f"AUTHENTICATED: as {report.name}" if report.name else "AUTHENTICATED: by its pin"
