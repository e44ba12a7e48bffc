"""Which of several certificates is for a server name."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa
from twisted.trial.unittest import SynchronousTestCase

from dotchain.tls.errors import TLSFileError
from dotchain.tls.pair import Files
from dotchain.tls.server import ServerIdentity

from ..folders import folder
from .certificates import Made, make


class ByNameTests(SynchronousTestCase):
    """L{ContextsByName} of a server's identity."""

    def identity(self, *pairs: Made) -> ServerIdentity:
        """One with these pairs, in this order."""
        place = folder(self)
        first, *others = (Files(*each.write(place / str(number))) for number, each in enumerate(pairs))
        return ServerIdentity(*first, others)

    def test_alone(self) -> None:
        """With one certificate nobody looks at names."""
        self.assertIsNone(self.identity(make(names=["a.example"])).byName)

    def test_names(self) -> None:
        """A name as it stands, then a wildcard for one label; for others there is none."""
        identity = self.identity(
            make(names=["a.example"]), make(names=["*.example"]), make(names=["B.example", "192.0.2.1"])
        )
        byName = identity.byName
        assert byName is not None
        self.assertIs(byName.of("a.example"), identity.context)
        found = [byName.of(name) for name in ("a.example", "b.example", "c.example")]
        self.assertEqual(len(set(map(id, found))), 3)
        for name in ("", "example", "x.c.example", "192.0.2.1", "*"):
            self.assertIsNone(byName.of(name), name)

    def test_algorithms(self) -> None:
        """Certificates with different keys for a name stand beside each other, the first of each."""
        key = rsa.generate_private_key(65537, 2048)
        identity = self.identity(
            make(names=["a.example"]),
            make(names=["b.example"]),
            make(names=["*.example"], key=key),
        )
        byName = identity.byName
        assert byName is not None
        found = [byName.of(name) for name in ("a.example", "b.example", "c.example")]
        self.assertEqual((len(set(map(id, found))), None in found), (3, False))
        self.assertIs(found[0], identity.context)
        self.assertEqual([text for text in identity.warnings() if "never sent" in text], [])

    def test_neverSent(self) -> None:
        """A second one for the same names with a key of the same kind is of no use, which a warning tells."""
        identity = self.identity(make(names=["a.example"]), make(names=["a.example"]))
        (told,) = [text for text in identity.warnings() if "never sent" in text]
        self.assertIn("1/server.crt", told)

    def test_reload(self) -> None:
        """One that can't be read keeps all as they were."""
        place = folder(self)
        first = Files(*make(names=["a.example"]).write(place / "a"))
        second = Files(*make(names=["b.example"]).write(place / "b"))
        identity = ServerIdentity(*first, [second])
        before = identity.context, identity.byName
        second.key.write_bytes(make().keyPem)
        error = self.assertRaises(TLSFileError, identity.reload)
        self.assertEqual(error.path, second.key)
        self.assertEqual((identity.context, identity.byName), before)
