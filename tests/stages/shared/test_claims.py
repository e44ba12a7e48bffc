"""One machine asks for what all want anew."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred

from dotchain.api import NOBODY, Answer, Client

from .sharedcase import CLIENT, NAME, WWW, Machine, SharedCase

NEW = f"{NAME}. 300 IN A 192.0.2.2"


class ClaimsTests(SharedCase):
    """Values whose time is over, or nearly so."""

    later = True

    def setUp(self) -> None:
        """Two machines, and a value that one of them has put."""
        super().setUp()
        self.one, self.two = self.machine(WWW, NEW), self.machine(WWW, NEW)
        self.one.ask()

    def age(self, seconds: float) -> None:
        """The value gets older."""
        self.clock.advance(seconds)

    def look(self, machine: Machine, client: Client = CLIENT) -> Deferred[Answer]:
        """A query that has found the value, and heard whether it is the first to claim it."""
        result = machine.begin(client=client)
        assert isinstance(result, Deferred)
        self.settle(machine)
        return result

    def settle(self, *machines: Machine) -> None:
        """All that was said to the server is answered."""
        for machine in machines:
            for _ in range(2):
                for each in (machine.connection, machine.rare):
                    each.reply()
                self.clock.advance(0)

    def wait(self, *seconds: float) -> None:
        """So many seconds pass, and all that is looked for then is found."""
        for each in seconds:
            self.clock.advance(each)
            self.settle(self.one, self.two)

    @property
    def asked(self) -> tuple[int, int]:
        """How often each has asked behind, since the beginning."""
        return len(self.one.next.asked) - 1, len(self.two.next.asked)

    def test_over(self) -> None:
        """Of two that find an old value the first one asks; the other has what that is answered."""
        self.age(301)
        first, second = self.look(self.one), self.look(self.two)
        self.assertEqual(self.asked, (1, 0))
        self.wait(0.01)
        self.one.next.fireAll()
        self.settle(self.one)
        self.wait(0.02)
        self.assertEqual(self.successResultOf(first).ttl, 300)
        self.assertEqual(self.successResultOf(second).ttl, 299)
        self.assertEqual((self.asked, self.two.stage.awaited), ((1, 0), 1))

    def test_long(self) -> None:
        """Whoever is first and gets no answer delays the others by a third of a second."""
        self.age(301)
        self.look(self.one)
        second = self.look(self.two)
        self.wait(0.01, 0.02, 0.04, 0.08)
        self.assertEqual(self.asked, (1, 0))
        self.wait(0.16)
        self.assertEqual(self.asked, (1, 1))
        self.two.next.fireAll()
        self.assertEqual(self.successResultOf(second).ttl, 300)

    def test_ahead(self) -> None:
        """A cache that fetches ahead of time waits, too, and then goes on with what there is."""
        self.age(280)
        self.look(self.one, NOBODY)
        second = self.look(self.two, NOBODY)
        self.assertEqual(self.asked, (1, 0))
        self.wait(0.01, 0.02, 0.04, 0.08, 0.16)
        self.assertEqual((self.successResultOf(second).ttl, self.asked), (19, (1, 0)))

    def test_client(self) -> None:
        """A client has what is not over yet at once, and nobody is asked."""
        self.age(280)
        second = self.look(self.two)
        self.assertEqual((self.successResultOf(second).ttl, self.asked), (20, (0, 0)))

    def test_again(self) -> None:
        """The next value has claims of its own: what was claimed before holds up nobody."""
        for count in (1, 2):
            self.age(301)
            result = self.look(self.one)
            self.assertEqual(self.asked[0], count)
            self.one.next.fireAll()
            self.settle(self.one)
            self.successResultOf(result)

    def test_gone(self) -> None:
        """Where the value is flushed meanwhile, whoever waits for the next one asks himself."""
        self.age(301)
        self.look(self.one)
        self.look(self.two)
        self.two.stage.disregard()
        self.wait(0.01)
        self.assertEqual(self.asked, (1, 1))

    def test_away(self) -> None:
        """Where the server can't be told, everybody asks at once."""
        self.age(301)
        self.two.lose()
        second = self.two.begin()
        assert isinstance(second, Deferred)
        self.two.connection.reply()
        self.clock.advance(0)
        self.assertEqual(self.asked, (0, 1))
        self.two.next.fireAll()
        self.assertEqual(self.successResultOf(second).ttl, 300)

    def test_left(self) -> None:
        """Whoever leaves while he waits is waited for by nobody."""
        self.age(301)
        self.look(self.one)
        second = self.look(self.two)
        second.cancel()
        self.failureResultOf(second, CancelledError)
        self.wait(0.01, 0.02, 0.04, 0.08, 0.16)
        self.assertEqual(self.asked, (1, 0))

    def test_first(self) -> None:
        """What nobody has put costs one look, and no claim."""
        self.server.commands.clear()
        other = self.machine(WWW)
        other.ask("other.example")
        self.assertEqual(self.server.commands, [b"GET", b"SET"])
