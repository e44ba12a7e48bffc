"""Two machines that share a server which fails: whose answers they give, and whether they look into it."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import dns.message

from .asking import query, texts
from .daemon import until
from .dotchain import Dotchain
from .liar import LyingServer
from .ports import HOST, freePort
from .valkeyserver import ValkeyServer

Server = ValkeyServer | LyingServer
NAMES = 4096
AT_ONCE = 12


class Machine(Dotchain):
    """
    One of two, with a zone of its own in the place of an upstream.

    @ivar port: of UDP.
    @ivar network: all of its own addresses begin so.
    """

    def __init__(self, folder: Path, network: str, valkey: int) -> None:
        self.port, self.network = freePort(), network
        folder.mkdir()
        hosts = "".join(f"n{number} IN A {self.address(number)}\n" for number in range(NAMES))
        (folder / "zone").write_text(
            f"$ORIGIN example.org.\n$TTL 300\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\n{hosts}"
        )
        super().__init__(
            folder,
            f"""
[front lan]
listen = udp://{HOST}:{self.port}
chain  = home

[chain home]
path = shared out

[stage shared]
server = valkey://{HOST}:{valkey}
secret = what only these two know

[upstream out]
kind = zone
file = zone
""",
        )

    def address(self, number: int) -> str:
        """That of a name, where nobody else was asked for it before."""
        return f"{self.network}.{number >> 8}.{number & 255}"

    def ask(self, numbers: list[int]) -> dict[int, dns.message.Message]:
        """Ask for these names at once, from one client; the answers that come, until all are there."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect((HOST, self.port))
            for number in numbers:
                asked = query(f"n{number}.example.org")
                asked.id = number
                client.send(asked.to_wire())
            found: dict[int, dns.message.Message] = {}
            while len(found) < len(numbers) and select.select([client], [], [], 6)[0]:
                answer = dns.message.from_wire(client.recv(65535))
                found[answer.id] = answer
            return found


class Pair:
    """
    Both machines.

    @ivar server: what they share.
    @ivar one: whose answers stand in the server before the other is asked.
    """

    def __init__(self, server: Server, one: Machine, two: Machine) -> None:
        self.server, self.one, self.two = server, one, two
        self._numbers = count()

    def names(self, many: int = AT_ONCE) -> list[int]:
        """Of names that nobody has asked for."""
        return [next(self._numbers) for _ in range(many)]

    def ask(self, machine: Machine, numbers: list[int]) -> list[bool]:
        """Each has an answer that is its own; whether it is that of the first machine."""
        answers = machine.ask(numbers)
        assert sorted(answers) == numbers
        for number, answer in answers.items():
            (address,) = texts(answer)
            assert address in (self.one.address(number), self.two.address(number)), answer
        return [texts(answers[number]) == [self.one.address(number)] for number in numbers]

    def looks(self, machine: Machine) -> bool:
        """Whether it looks into the server when it is asked."""
        before = self.server.looked()
        self.ask(machine, self.names(1))
        return self.server.looked() > before

    def join(self) -> None:
        """Wait until both share again."""
        until(lambda: self.looks(self.one))
        until(lambda: self.looks(self.two))

    def shares(self) -> bool:
        """Whether what the first has asked is there for the second."""
        numbers = self.names(1)
        self.ask(self.one, numbers)
        return self.ask(self.two, numbers) == [True]


@contextmanager
def paired(folder: Path, server: Server) -> Iterator[Pair]:
    """Both share the server, which runs."""
    with ExitStack() as stack:
        one, two = (
            stack.enter_context(Machine(folder / name, network, server.port))
            for name, network in (("one", "10.1"), ("two", "10.2"))
        )
        made = Pair(server, one, two)
        made.join()
        yield made
