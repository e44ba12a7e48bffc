"""Lists at URLs: what is taken, and when."""

from __future__ import annotations

import gzip

from twisted.internet import defer
from twisted.internet.defer import Deferred

from dotchain.stages.block import reading
from dotchain.stages.block.copies import Copy, Version
from dotchain.stages.block.core import Listed
from dotchain.stages.block.reading import ListReader, NotUsable

from .remotecase import ADS, FIRST, MORE, URL, RemoteCase


class RemoteListTests(RemoteCase):
    """L{RemoteList}."""

    def renew(self, octets: bytes, version: Version = FIRST) -> None:
        """Have the server send something that is taken."""
        renewed = self.begin()
        self.server.send(octets, version)
        self.turn()
        self.successResultOf(renewed)

    def begin(self) -> Deferred[None]:
        """Begin to renew it."""
        renewed = Deferred.fromCoroutine(self.remote.renew())
        self.addCleanup(renewed.cancel)
        return renewed

    def refused(self, octets: bytes) -> str:
        """Why something is not taken."""
        renewed, before = self.begin(), self.remote.listed
        self.server.send(octets, Version('"2"'))
        self.turn()
        self.assertIs(self.remote.listed, before)
        return str(self.failureResultOf(renewed, NotUsable).value)

    def line(self, name: bytes) -> int:
        """The line that blocks a name."""
        assert self.remote.listed is not None
        return self.remote.listed.blocks(name)

    def test_taken(self) -> None:
        """What comes is in use once it has been read."""
        self.renew(b"ads.example\n")
        self.assertEqual((self.line(ADS), self.line(MORE)), (1, 0))
        self.renew(b"\nmore.example\n")
        self.assertEqual((self.line(ADS), self.line(MORE)), (0, 2))

    def test_entry(self) -> None:
        """What stands in a line can be told of the copy, as long as that is of this version."""
        self.renew(b"\n||ads.example^\n")
        first = self.remote.listed
        assert first is not None
        self.assertEqual(first.entry(2), "||ads.example^")
        self.renew(b"more.example\n", Version('"2"'))
        self.assertEqual(first.entry(2), "")

    def test_packed(self) -> None:
        """A list may be packed."""
        self.renew(gzip.compress(b"ads.example\n"))
        self.assertEqual(self.line(ADS), 1)

    def test_damaged(self) -> None:
        """One that is packed and ends too early is not taken."""
        self.assertIn("damaged", self.refused(gzip.compress(b"ads.example\n")[:-4]))

    def test_bomb(self) -> None:
        """What is packed is unpacked piece by piece, and no further than to a bound."""
        self.patch(reading, "_MOST", 10_000)
        self.assertEqual(self.refused(gzip.compress(b"ads.example\n" * 100_000)), "it is too large")

    def test_unchanged(self) -> None:
        """The version that is in use is asked about; if it is the newest, it is as good as fetched."""
        self.renew(b"ads.example\n")
        before = self.remote.listed
        self.wall += 1000
        self.assertEqual(self.remote.age, 1000)
        renewed = self.begin()
        self.server.unchanged()
        self.successResultOf(renewed)
        self.assertEqual(self.server.asked, [Version(), FIRST])
        self.assertEqual((self.remote.age, self.remote.listed), (0, before))

    def test_noList(self) -> None:
        """A web page, an empty one, nonsense: the list of before stays, in use and on disk."""
        self.renew(b"ads.example\n")
        self.assertIn("web page", self.refused(b"\n <!DOCTYPE html>\n<p>moved</p>\n"))
        self.assertIn("no name", self.refused(b""))
        self.assertIn("no name", self.refused(b"# nothing\n"))
        self.assertIn("no list", self.refused(b'{"error": "quota exceeded"}\n' * 3 + b"ok.example\n"))
        self.assertEqual(self.server.asked[-1], FIRST)
        self.assertEqual(self.restarted().blocks(ADS), 1)

    def restarted(self) -> Listed:
        """The list after a restart without any network."""
        again = self.made(self.folder)
        again.load()
        assert again.listed is not None
        return again.listed

    def test_tenTimes(self) -> None:
        """One that has become ten times as large, or as small, is not believed."""
        names = [b"a%d.example\n" % number for number in range(1000)]
        self.renew(b"".join(names[:100]))
        self.assertIn("10 names instead of 100", self.refused(b"".join(names[:10])))
        self.assertIn("1000 names instead of 100", self.refused(b"".join(names)))
        self.renew(b"".join(names[:11]))
        self.renew(b"".join(names[:109]))

    def test_slow(self) -> None:
        """A fetch that takes too long is told as such."""
        renewed = self.begin()
        self.server.fail(defer.TimeoutError())
        self.assertEqual(str(self.failureResultOf(renewed, NotUsable).value), "its server is too slow")

    def test_restart(self) -> None:
        """The last good copy is in use after a restart, as old as it is, and its version is known."""
        self.renew(b"ads.example\n")
        self.wall += 500
        self.remote = self.made(self.folder)
        self.remote.load()
        self.assertEqual(self.line(ADS), 1)
        self.begin().addErrback(lambda _: None)
        self.assertEqual(self.server.asked[-1], FIRST)

    def test_damagedCopy(self) -> None:
        """A copy that is none is told, and the list is fetched as if there were none."""
        self.renew(b"ads.example\n")
        (file,) = self.folder.iterdir()
        file.write_bytes(b"x")
        self.remote = self.made(self.folder)
        self.remote.load()
        self.assertIsNone(self.remote.listed)
        self.assertIn("its copy can't be used", self.remote.trouble)
        self.renew(b"ads.example\n")
        self.assertEqual(self.server.asked[-1], Version())

    def test_otherWorker(self) -> None:
        """What another worker has just fetched is taken from disk."""
        first, self.remote = self.remote, self.made(self.folder)
        self.renew(b"ads.example\n")
        (file,) = self.folder.iterdir()
        self.remote = first
        renewed = self.begin()
        self.turn()
        self.successResultOf(renewed)
        self.assertEqual((self.line(ADS), len(self.server.asked)), (1, 1))
        self.assertTrue(file.exists())

    def test_otherWorkersConfirmation(self) -> None:
        """Where another worker has been told that the list is still the newest, nothing is read or asked."""
        self.renew(b"ads.example\n")
        before = self.remote.listed
        self.wall += 1000
        Copy(self.folder, URL).confirm(self.wall)
        self.successResultOf(self.begin())
        self.assertEqual((self.remote.age, self.remote.listed, len(self.server.asked)), (0, before, 1))

    def test_noPlace(self) -> None:
        """Where no copy can be kept the list is in use all the same."""
        (self.folder / "file").write_text("")
        self.remote = self.made(self.folder / "file" / "lists")
        self.renew(b"ads.example\n")
        self.assertEqual(self.line(ADS), 1)
        self.assertIn("no copy of it can be kept", self.remote.trouble)

    def test_slices(self) -> None:
        """A long list is read in pieces, with others served between them; meanwhile the old one is in use."""
        self.renew(b"ads.example\n" * 3000)
        renewed = self.begin()
        self.server.send(b"more.example\n" * 3000)
        turns = 0
        while not renewed.called:
            self.assertEqual(self.line(ADS), 1)
            self.clock.advance(ListReader.PAUSE)
            turns += 1
        self.assertGreater(turns, 3)
        self.assertEqual(self.line(MORE), 1)
