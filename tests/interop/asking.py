"""Clients: programs of others, run to their end, and dnspython."""

from __future__ import annotations

import socket
import ssl
import subprocess
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from .certificates import NAME
from .daemon import program
from .ports import HOST


def output(name: str, *arguments: str, timeout: float = 20, folder: Path | None = None) -> str:
    """
    All that a program prints, whatever its exit status.

    @param timeout: seconds that it may take.
    """
    done = subprocess.run(
        [program(name), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        cwd=folder,
        check=False,
    )
    return done.stdout.decode(errors="replace")


def dig(port: int, *arguments: str) -> str:
    """What dig prints: one try, five seconds."""
    return output("dig", f"@{HOST}", "-p", str(port), "+tries=1", "+time=5", *arguments)


def kdig(port: int, *arguments: str) -> str:
    """What kdig prints: one try, five seconds."""
    return output("kdig", f"@{HOST}", "-p", str(port), "+retry=0", "+timeout=5", *arguments)


def getdns(upstream: str, *arguments: str) -> str:
    """What getdns_query prints as a stub of this upstream."""
    return output("getdns_query", "-s", f"@{upstream}", "-t", "5000", *arguments)


def anyone() -> ssl.SSLContext:
    """A TLS client that trusts whomever it meets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def query(name: str, type: str = "A", **options: object) -> dns.message.Message:
    """A query with EDNS."""
    return dns.message.make_query(name, type, use_edns=0, **options)  # type: ignore[arg-type]


def overUdp(port: int, name: str, type: str = "A", timeout: float = 6) -> dns.message.Message:
    """The answer over UDP, as it came."""
    return dns.query.udp(query(name, type), HOST, timeout=timeout, port=port)


def overTcp(port: int, name: str, type: str = "A", timeout: float = 6) -> dns.message.Message:
    """The answer over TCP."""
    return dns.query.tcp(query(name, type), HOST, timeout=timeout, port=port)


def overTls(
    port: int, name: str, type: str = "A", trusted: Path | None = None, timeout: float = 6
) -> dns.message.Message:
    """The answer over TLS, from C{NAME} where a CA is trusted, else from anyone."""
    return dns.query.tls(
        query(name, type),
        HOST,
        timeout=timeout,
        port=port,
        server_hostname=NAME if trusted else None,
        verify=str(trusted) if trusted else False,
    )


def texts(answer: dns.message.Message) -> list[str]:
    """The data of all answer records, in presentation form."""
    return [record.to_text() for rrset in answer.answer for record in rrset]


def connects(port: int) -> bool:
    """Something accepts connections here."""
    try:
        socket.create_connection((HOST, port), 0.5).close()
    except OSError:
        return False
    return True


def tlsAnswers(port: int, name: str = "example.org.") -> bool:
    """Something answers NOERROR over TLS here."""
    try:
        return overTls(port, name, "SOA", timeout=1).rcode() == 0
    except (OSError, EOFError, dns.exception.DNSException):
        return False
