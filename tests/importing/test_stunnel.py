"""stunnel.conf."""

from __future__ import annotations

from .importcase import ImportCase

CLIENT = "client = yes\naccept = localhost:1053\nconnect = 192.0.2.1:853\n"


class ServerTests(ImportCase):
    """A service that takes TLS."""

    def test_recipe(self) -> None:
        """The recipe's file: without a section, and with nothing behind connect."""
        text = "accept = 853\nconnect =\ncert = dns.crt\nkey = dns.key\n"
        self.assertEqual(
            self.ini(text),
            "[front dns]\nlisten = tls://0.0.0.0:853\ncertificate = dns.crt\nkey = dns.key\nchain = dns\n"
            "[chain dns]\npath = up\n[upstream up]\naddress = tcp://127.0.0.1:53",
        )
        (left,) = self.left(text)
        self.assertIn("f:2: connect is empty: port 53 of this machine", left)

    def test_services(self) -> None:
        """Each service has a front; what stands before the first holds for all."""
        text = """
            pid = /run/stunnel.pid
            cert = both.pem
            [one]
            accept = ::1:853
            connect = 53
            TIMEOUTidle = 20
            [two]
            ; a comment
            accept = 127.0.0.1:8853
            connect = 127.0.0.2:5353
        """
        ini = self.ini(text)
        self.assertIn("[front one]\nlisten = tls://[::1]:853\ncertificate = both.pem\nkey = both.pem", ini)
        self.assertIn("idle-timeout = 20s", ini)
        self.assertIn("[upstream up-2]\naddress = tcp://127.0.0.2:5353", ini)
        self.assertEqual(self.left(text), ["f:2: pid: twistd --pidfile"])

    def test_chain(self) -> None:
        """C{CAfile} of a server adds to what is sent, which our file of the certificate does itself."""
        (left,) = self.left("accept = 853\nconnect = 53\ncert = a\nCAfile = ca.crt\n")
        self.assertIn("f:4: CAfile: put the CA's certificate behind the leaf", left)

    def test_clients(self) -> None:
        """Clients that must show a certificate of a CA, or may."""
        text = "accept = 853\nconnect = 53\ncert = a\nCAfile = ca.crt\n"
        for verify, ours in (
            ("verifyChain = yes", "require"),
            ("verify = 2", "require"),
            ("verify = 1", "accept"),
            ("verifyChain = yes\nrequireCert = no", "accept"),
        ):
            self.assertIn(f"client-ca = ca.crt\nclient-certificate = {ours}\n", self.ini(f"{text}{verify}\n"))
            self.assertEqual(self.left(f"{text}{verify}\n"), [])
        (left,) = self.left(f"{text}verifyChain = yes\ncheckHost = laptop.example\n")
        self.assertIn("f:6: checkHost: identity: in matches", left)
        self.assertIn(
            "f:4: clients must show a certificate",
            self.wrong("accept = 853\nconnect = 53\ncert = a\nverify = 2\n"),
        )

    def test_tls(self) -> None:
        """Versions, ciphers, groups and tickets, where they mean the same; capitals make no difference."""
        text = "Accept = 853\nCONNECT = 53\ncert = a\n"
        ini = self.ini(
            f"{text}sslVersionMin = TLSv1.2\noptions = NO_SSLv3\noptions = NO_TICKET\n"
            "ciphers = ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256\ncurves = X25519:P-256\n"
        )
        for line in (
            "tls-min = 1.2",
            "tickets = no",
            "ciphers = ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256",
            "groups = X25519 P-256",
        ):
            self.assertIn(f"\n{line}\n", ini)
        self.assertIn("\ntls-min = 1.3\n", self.ini(f"{text}options = NO_TLSv1.2\n"))
        for option, why in (
            ("ciphers = HIGH:!aNULL", "has no cipher 'HIGH'"),
            ("sslVersion = SSLv3", "an older version than TLS 1.2 is never spoken here"),
            ("sslVersion = TLSv1.2", "TLS 1.3 is spoken, too"),
            ("curves = none-such", "has no group 'none-such'"),
            ("options = DONT_INSERT_EMPTY_FRAGMENTS", "nothing here is like it"),
            (
                "options = NO_TLSv1.2\nciphers = ECDHE-RSA-AES256-GCM-SHA384",
                "is of TLS 1.2, and tls-min = 1.3",
            ),
        ):
            (left,) = self.left(f"{text}{option}\n")
            self.assertIn(why, left)

    def test_several(self) -> None:
        """Several servers have their turns, or are for when the first fails, and are asked from C{local}."""
        text = "accept = 853\nconnect = 192.0.2.1:53\nconnect = 192.0.2.2:53\ncert = a\nlocal = 192.0.2.9\n"
        self.assertIn("kind = round-robin\nover = up\nup-2\n", self.ini(text))
        self.assertEqual(self.ini(text).count("source = 192.0.2.9"), 2)
        ini = self.ini(f"{text}failover = prio\n")
        self.assertIn("address = tcp://192.0.2.1:53\ntcp://192.0.2.2:53\n", ini)

    def test_slave(self) -> None:
        """A service for one server name is told of; the one that it belongs to is carried over."""
        text = "cert = a\n[dot]\naccept = 853\nconnect = 53\n[kids]\nsni = dot:kids.example\nconnect = 54\n"
        (left,) = self.left(text)
        self.assertIn("f:6: [kids] is for one server name", left)

    def test_folder(self) -> None:
        """C{include} names a folder, whose files may include others, but not without end."""
        self.files = {"conf.d/*": "[dot]\naccept = 853\nconnect = 53\n"}
        self.assertIn("[front dot]", self.ini("cert = a\ninclude = conf.d\n"))
        self.files = {"conf.d/*": "include = conf.d\n"}
        self.assertIn("conf.d/*:1: folders include each other", self.wrong("include = conf.d\n"))

    def test_wrong(self) -> None:
        """Each mistake is told with its line."""
        for text, why in (
            ("accept = 853\nconnect = 53\n", "f:1: service 'dns' has no cert"),
            ("[x]\nconnect = 53\n", "f:1: service 'x' has no accept"),
            ("accept = 99999\nconnect = 53\ncert = a\n", "f:1: '99999' is no port"),
            ("accept = 853\nconnect = <server>:853\nclient = yes\n", "f:2: '<server>' is neither"),
            ("client = yes\naccept = 1053\nconnect\n", "f:3: 'connect' is neither a section"),
            ("accept = 853\nconnect = 53\ncert = a b\n", "f:3: 'a b': a path without blanks"),
        ):
            self.assertIn(why, self.wrong(text))


class ClientTests(ImportCase):
    """A service that asks over TLS."""

    def test_unauthenticated(self) -> None:
        """As in the recipe: nobody is authenticated, and that is told."""
        self.assertIn("[front dns]\nlisten = tcp://127.0.0.1:1053", self.ini(CLIENT))
        self.assertIn("address = tls://192.0.2.1:853\nprofile = encrypted", self.ini(CLIENT))

    def test_authenticated(self) -> None:
        """By name, or by the certificate itself."""
        for more, keys in (
            (
                "verifyChain = yes\ncheckHost = dns.example\nCAfile = ca.pem\n",
                "name = dns.example\nca-file = ca.pem",
            ),
            ("verifyPeer = yes\nCAfile = peer.pem\n", "pin-sha256 = peer.pem"),
        ):
            ini = self.ini(CLIENT + more)
            self.assertIn(keys, ini)
            self.assertNotIn("profile", ini)

    def test_ownCertificate(self) -> None:
        """What the server is shown of us, and the name that it is asked for."""
        ini = self.ini(f"{CLIENT}cert = me.pem\nkey = me.key\nsni = other.example\n")
        self.assertIn("certificate = me.pem\nkey = me.key\nsni = other.example", ini)

    def test_anyCertificate(self) -> None:
        """A CA without a name is not enough here."""
        (left,) = self.left(f"{CLIENT}verifyChain = yes\nCAfile = ca.pem\n")
        self.assertIn("f:4: any certificate of that CA", left)

    def test_named(self) -> None:
        """A name has to be found by somebody else than the system's resolver."""
        text = CLIENT.replace("192.0.2.1", "dns.example")
        self.assertIn(
            "address = tls://dns.example:853\nprofile = encrypted\nbootstrap = 9.9.9.9", self.ini(text)
        )
        self.assertIn("the system's resolver is never asked", self.left(text)[0])
