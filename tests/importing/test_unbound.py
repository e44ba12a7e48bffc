"""unbound.conf."""

from __future__ import annotations

from .importcase import ImportCase

FORWARD = """
server:
    interface: 127.0.0.1@5353
    tls-cert-bundle: "/etc/ssl/ca.crt"
forward-zone:
    name: "."
    forward-tls-upstream: yes  # comment
    forward-addr: 192.0.2.1@853#dns.example
    forward-addr: 2001:db8::1@853#dns.example
"""


class ForwardTests(ImportCase):
    """Whom it forwards to."""

    def test_tls(self) -> None:
        """The documented way to forward over TLS: authenticated by the name behind the address."""
        self.assertEqual(
            self.ini(FORWARD),
            """[front lan]
listen = udp://127.0.0.1:5353
tcp://127.0.0.1:5353
allow = 127.0.0.0/8
::1
chain = home
[chain home]
path = cache coalesce special up
[upstream up]
address = tls://192.0.2.1:853
tls://[2001:db8::1]:853
name = dns.example
ca-file = /etc/ssl/ca.crt""",
        )
        self.assertEqual(self.left(FORWARD), [])

    def test_zones(self) -> None:
        """A zone of its own is asked elsewhere; that it might be asked otherwise is not carried over."""
        text = f"{FORWARD}forward-zone:\n name: corp.example\n forward-addr: 10.0.0.1\n forward-first: yes\n"
        self.assertIn("path = cache coalesce route special up", self.ini(text))
        self.assertIn("[stage route]\nrules = corp.example -> corp-example", self.ini(text))
        self.assertIn("[upstream corp-example]\naddress = udp://10.0.0.1:53", self.ini(text))
        self.assertIn("f:13: forward-first: there is no other way", self.left(text)[0])

    def test_options(self) -> None:
        """TCP, where it is asked from, how long answers are kept."""
        text = """
            server:
                interface:127.0.0.1@5353 outgoing-interface: 192.0.2.9
                outgoing-interface: 192.0.2.10
                cache-max-ttl: 3600 cache-min-ttl: 60
                tcp-idle-timeout: 15000
            forward-zone: name: "." forward-addr:192.0.2.1
                forward-tcp-upstream: yes
        """
        ini = self.ini(text)
        self.assertIn("idle-timeout = 15000ms", ini)
        self.assertIn("[stage cache]\nmin-ttl = 60s\nmax-ttl = 3600s", ini)
        self.assertIn("[upstream up]\naddress = tcp://192.0.2.1:53\nsource = 192.0.2.9", ini)
        self.assertEqual(
            self.left(text), ["f:4: outgoing-interface 192.0.2.10: one address a family can be one"]
        )

    def test_ciphers(self) -> None:
        """Ciphers and suites by their names, and more ports."""
        text = FORWARD.replace(
            "server:",
            "server:\n tls-service-key: k\n tls-service-pem: c\n tls-ciphersuites: TLS_AES_256_GCM_SHA384\n"
            ' tls-ciphers: "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"\n'
            " tls-additional-port: 443\n",
        )
        self.assertIn(
            "[front dot]\nlisten = tls://127.0.0.1:853\ntls://127.0.0.1:443\ncertificate = c\nkey = k\n"
            "ciphers = ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-AES128-GCM-SHA256 TLS_AES_256_GCM_SHA384\n",
            self.ini(text),
        )
        self.assertEqual(self.left(text), [])

    def test_unauthenticated(self) -> None:
        """Without a name Unbound authenticates nobody."""
        text = FORWARD.replace("#dns.example", "")
        self.assertIn("profile = encrypted", self.ini(text))
        self.assertNotIn("name", self.ini(text))

    def test_resolver(self) -> None:
        """One that resolves itself needs a resolver to be named, and that is told."""
        self.assertIn("address = udp://127.0.0.1:53", self.ini("server:\n verbosity: 1\n"))
        self.assertIn('no forward-zone "."', self.left("server:\n verbosity: 1\n")[0])


class ServerTests(ImportCase):
    """Whom it listens to."""

    def test_recipe(self) -> None:
        """The recipe's server over TLS, by the old names of its options, and without UDP."""
        text = "server:\n ssl-port: 8853\n ssl-service-key: dns.key\n ssl-service-pem: dns.crt\n do-udp: no\n"
        ini = self.ini(text)
        self.assertIn("[front lan]\nlisten = tcp://127.0.0.1:53\n", ini)
        self.assertIn("[front dot]\nlisten = tls://127.0.0.1:8853\ncertificate = dns.crt\nkey = dns.key", ini)

    def test_access(self) -> None:
        """Who may ask: by default this machine."""
        text = "server:\n access-control: 10.0.0.0/8 allow\n access-control: 10.9.0.0/16 refuse\n"
        text += " access-control: 192.0.2.0/24 allow_cookie\n"
        self.assertIn("allow = 127.0.0.0/8\n::1\n10.0.0.0/8\ndeny = 10.9.0.0/16", self.ini(text))
        self.assertIn("f:4: access-control 192.0.2.0/24 allow_cookie", self.left(text)[1])

    def test_included(self) -> None:
        """What is included goes on with the clause; its lines are those of its own file."""
        self.files["more"] = "odd: 1\nforward-zone:\n name: .\n forward-addr: 192.0.2.1\n"
        text = 'server:\n include: "more"\n'
        self.assertIn("address = udp://192.0.2.1:53", self.ini(text))
        self.assertEqual(self.left(text), ["more:1: odd: nothing here is like it"])

    def test_endless(self) -> None:
        """A file that includes itself."""
        self.files["loop"] = "include: loop\n"
        self.assertIn("files include each other", self.wrong("server:\n include: loop\n"))

    def test_wrong(self) -> None:
        """Each mistake is told with its line."""
        for text, why in (
            ("server:\n port: x\n", "f:2: 'x' is no port"),
            ("forward-zone:\n forward-addr: 192.0.2.1\n", "f:1: forward-zone has no name"),
            ("forward-zone:\n name: .\n", "f:1: forward-zone '.' has no forward-addr"),
            ("server:\n access-control: here allow\n", "f:2: 'here' is no network"),
            ("server:\n interface: 127.0.0.1@853\n", "there is no tls-service-key"),
            ("server:\n yes\n", "f:2: 'yes' is no `key:`"),
        ):
            self.assertIn(why, self.wrong(text))
