"""A nameserver in clear text that knows the addresses of some names, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from typing_extensions import Self

from .ports import HOST, freePort


class Plain:
    """
    The server, over UDP, in a thread of its own until the C{with} block ends.

    @ivar addresses: the IPv4 address of each name; of others it says NXDOMAIN.
    @ivar asked: names and types, in the order that they were asked for.
    """

    def __init__(self, addresses: Mapping[str, str], ttl: int = 300) -> None:
        self.addresses = dict(addresses)
        self.asked: list[tuple[str, str]] = []
        self.port = freePort()
        self._ttl = ttl
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._socket.bind((HOST, self.port))
        self._thread.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def close(self) -> None:
        """Serve no more."""
        if self._thread.is_alive():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
                # An empty datagram tells the thread to end.
                waker.sendto(b"", (HOST, self.port))
            self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, client = self._socket.recvfrom(65535)
            if not wire:
                return
            try:
                query = dns.message.from_wire(wire)
            except dns.exception.DNSException:
                continue
            self._socket.sendto(self._answer(query).to_wire(), client)

    def _answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        address = self.addresses.get(name)
        if address is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif kind == "A":
            answer.answer.append(dns.rrset.from_text(question.name, self._ttl, "IN", "A", address))
        return answer
