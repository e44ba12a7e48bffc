"""The keys of a front that are about TLS."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.fronts.fronttls import FrontTLS
from dotchain.fronts.tlsoptions import TLS, Ciphers, ciphers, ciphersBefore, groups, lifetime
from dotchain.options import OptionError, Value
from dotchain.tls.servercontext import CIPHERS_1_2

from ..folders import folder
from ..tls.certificates import NAME, make
from .frontcase import FrontCase


class ValueTests(FrontCase):
    """Values by themselves."""

    def test_ciphers(self) -> None:
        """Names of TLS 1.2 and 1.3 are told apart; blanks or colons separate them."""
        found = ciphers("ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384")
        wanted = Ciphers(
            ("ECDHE-RSA-AES128-GCM-SHA256",), ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")
        )
        self.assertEqual(found, wanted)

    def test_unknown(self) -> None:
        """What OpenSSL does not have is refused, with what it has; so are ciphers that encrypt nothing."""
        cases = (("ECDHE", ciphers), ("TLS_X", ciphers), ("NULL-SHA256", ciphers), ("x25518", groups))
        for text, reader in cases:
            error = self.assertRaises(ValueError, reader, text)
            self.assertIn(f"{text!r}; ", str(error))
        self.assertEqual(groups("x25519:P-256"), ("x25519", "P-256"))

    def test_perhaps(self) -> None:
        """A group with a question mark is left out where OpenSSL does not have it; one must be left."""
        self.assertEqual(groups("?x25518 ?x25519:P-256"), ("x25519", "P-256"))
        self.assertIn("none of these groups", str(self.assertRaises(ValueError, groups, "?x25518")))

    def test_lifetime(self) -> None:
        """Keys of tickets live a week at the most (RFC 9325 section 3.4), and a second at least."""
        self.assertEqual(lifetime("7d"), 7 * 86400.0)
        for text in ("8d", "999ms"):
            self.assertRaises(ValueError, lifetime, text)


class GuideTests(SynchronousTestCase):
    """What the manual says that guides ask for."""

    def test_values(self) -> None:
        """Each value that stands there is taken, and none is warned of."""
        page = (Path(__file__).parents[2] / "docs" / "fronts.rst").read_text()
        part = page.partition("What guides ask for\n")[2].partition("Clients' certificates (mTLS)\n")[0]
        blocks = re.findall(r"code-block:: ini\n\n((?: {4}.*\n)+)", part)
        found = [
            each
            for block in blocks
            for each in re.findall(r"^    (\S+) += ((?:.+\n)(?: {6}.+\n)*)", block, re.M)
        ]
        self.assertEqual(
            [key for key, _ in found],
            ["groups", "ciphers", "ciphers", "groups", "tls-min", "ticket-lifetime"],
        )
        values = [(key, TLS[key].read(Value(text.strip()))) for key, text in found]
        self.assertEqual(values[0][1][-3:], ("x25519", "secp256r1", "secp384r1"))
        self.assertEqual((values[1][1].before, len(values[1][1].suites)), ((), 3))
        self.assertLessEqual(set(values[2][1].before), set(ciphersBefore(CIPHERS_1_2)))
        self.assertEqual(len(values[2][1].suites), 2)


class TogetherTests(FrontCase):
    """Values that don't go together."""

    def blamed(self, listen: str = "tls://127.0.0.1:0", **options: Any) -> str:
        """The key that is to blame."""
        files = make(names=[NAME]).write(folder(self)) if listen.startswith("tls") else None
        with self.assertRaises(OptionError) as caught:
            self.front(listen, files, **options)
        return str(caught.exception.key)

    def test_withoutTLS(self) -> None:
        """They are of no use over UDP and TCP."""
        given = {"tls_min": "1.3", "groups": ("x25519",), "tickets": False, "ticket_lifetime": 5.0}
        for key, value in given.items():
            self.assertEqual(self.blamed("tcp://127.0.0.1:0", **{key: value}), key.replace("_", "-"))

    def test_pairs(self) -> None:
        """Each certificate needs a key."""
        certificate, key = make(names=[NAME]).write(folder(self))
        self.assertEqual(self.blamed(certificate=(certificate, certificate), key=(key,)), "key")

    def test_ofNoUse(self) -> None:
        """A key without that which it is about: a CA, tickets, TLS 1.2."""
        self.assertEqual(self.blamed(client_certificate="accept"), "client-certificate")
        self.assertEqual(self.blamed(tickets=False, ticket_lifetime=5.0), "ticket-lifetime")
        old = Ciphers(("ECDHE-RSA-AES128-GCM-SHA256",), ())
        self.assertEqual(self.blamed(tls_min="1.3", ciphers=old), "ciphers")


class ContextTests(FrontCase):
    """What becomes of them."""

    def made(self, **options: Any) -> FrontTLS:
        """The TLS of a front."""
        files = make(names=[NAME]).write(folder(self))
        front = self.front("tls://127.0.0.1:0", files, **options)
        return front._tls

    def test_settings(self) -> None:
        """Version, ciphers and tickets are those of the context; the next one has none of it."""
        before = Ciphers(("ECDHE-RSA-AES128-GCM-SHA256",), ("TLS_AES_128_GCM_SHA256",))
        tls = self.made(tls_min="1.3", tickets=False)
        context = tls.channel().context
        self.assertEqual(context.minimum_version, ssl.TLSVersion.TLSv1_3)
        self.assertEqual((context.num_tickets, bool(context.options & ssl.OP_NO_TICKET)), (0, True))
        context = self.made(ciphers=before, groups=("x25519",)).channel().context
        self.assertEqual(
            [each["name"] for each in context.get_ciphers()],
            ["TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
        )
        self.assertEqual(context.maximum_version, ssl.TLSVersion.MAXIMUM_SUPPORTED)
        suites = {each["name"] for each in ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).get_ciphers()}
        self.assertIn("TLS_CHACHA20_POLY1305_SHA256", suites)

    def test_weak(self) -> None:
        """A cipher without forward secrecy is taken, and warned of."""
        (told,) = self.made(ciphers=Ciphers(("AES128-GCM-SHA256",), ())).warnings()[:1]
        self.assertIn("AES128-GCM-SHA256 has no forward secrecy", told)
