"""named.conf."""

from __future__ import annotations

from .importcase import ImportCase

TEXT = """
// a comment
acl home { 10.0.0.0/8; !10.9.0.0/16; localhost; };
tls quad9 { remote-hostname "dns.example"; ca-file "/etc/ssl/ca.crt"; };
tls mine { cert-file "dns.crt"; key-file "dns.key"; };
options {
    listen-on port 5353 { 127.0.0.1; };
    listen-on-v6 { none; };
    listen-on port 8853 tls mine { any; };   # over TLS
    forwarders port 853 tls quad9 { 192.0.2.1; 192.0.2.2; };
    forward only; /* of
    course */
    allow-query { home; };
};
server 10.0.0.1 { tcp-only yes; };
zone "corp.example" { type forward; forwarders { 10.0.0.1 port 5353; }; };
"""


class NamedTests(ImportCase):
    """A forwarder."""

    def test_forwarder(self) -> None:
        """Forwarders over TLS, a zone that is asked elsewhere, two fronts."""
        self.assertEqual(
            self.ini(TEXT),
            """[front lan]
listen = udp://127.0.0.1:5353
tcp://127.0.0.1:5353
allow = 10.0.0.0/8
127.0.0.0/8
::1
deny = 10.9.0.0/16
chain = home
[front dot]
listen = tls://0.0.0.0:8853
certificate = dns.crt
key = dns.key
allow = 10.0.0.0/8
127.0.0.0/8
::1
deny = 10.9.0.0/16
chain = home
[chain home]
path = cache coalesce route special up
[stage route]
rules = corp.example -> corp-example
[upstream up]
address = tls://192.0.2.1:853
tls://192.0.2.2:853
name = dns.example
ca-file = /etc/ssl/ca.crt
[upstream corp-example]
address = tcp://10.0.0.1:5353""",
        )
        self.assertEqual(self.left(TEXT), [])

    def test_simple(self) -> None:
        """The documented way to forward: addresses alone."""
        ini = self.ini("options { forwarders { 192.0.2.1; 192.0.2.2; }; forward first; };")
        self.assertIn("listen = udp://0.0.0.0:53\ntcp://0.0.0.0:53\nchain = home", ini)
        self.assertIn("address = udp://192.0.2.1:53\nudp://192.0.2.2:53", ini)
        (left,) = self.left("options { forwarders { 192.0.2.1; }; forward first; };")
        self.assertIn("forward first: there is no other way", left)

    def test_unauthenticated(self) -> None:
        """Without a name BIND authenticates nobody."""
        text = TEXT.replace('remote-hostname "dns.example"; ca-file "/etc/ssl/ca.crt";', "")
        self.assertIn("profile = encrypted", self.ini(text))

    def test_byAddress(self) -> None:
        """With a CA and without a name, the certificate must be that of the address."""
        ini = self.ini(TEXT.replace('remote-hostname "dns.example"; ', ""))
        self.assertIn("address = tls://192.0.2.1:853\nname = 192.0.2.1\nca-file = /etc/ssl/ca.crt", ini)
        self.assertNotIn("profile", ini)

    def test_tls(self) -> None:
        """Clients that must show certificates, versions, ciphers and tickets; what a forwarder is shown."""
        knobs = 'ca-file "c.crt"; protocols { TLSv1.3; }; ciphers "HIGH"; session-tickets no;'
        text = TEXT.replace('key-file "dns.key";', f'key-file "dns.key"; {knobs}')
        self.assertIn(
            "key = dns.key\ntls-min = 1.3\ntickets = no\nclient-ca = c.crt\nclient-certificate = require",
            self.ini(text),
        )
        (left,) = self.left(text)
        self.assertIn("ciphers: ", left)
        shown = 'tls quad9 { cert-file "me.crt"; key-file "me.key"; protocols { TLSv1.3; };'
        text = TEXT.replace("tls quad9 {", shown, 1)
        self.assertIn("certificate = me.crt\nkey = me.key\nname = dns.example\n", self.ini(text))
        self.assertEqual(
            self.left(text),
            ["f:4: protocols: an upstream is asked by TLS 1.2 or later, with forward secrecy and AEAD"],
        )

    def test_options(self) -> None:
        """From where forwarders are asked, and how long answers are kept."""
        more = "query-source address 192.0.2.9 port *; query-source-v6 2001:db8::9; max-cache-ttl 3600;"
        ini = self.ini(TEXT.replace("forward only;", f"forward only; {more}"))
        self.assertEqual(ini.count("source = 192.0.2.9"), 2)
        self.assertIn("[stage cache]\nmax-ttl = 3600s", ini)

    def test_endless(self) -> None:
        """Lists of networks in lists don't make a small file an endless one."""
        acls = "".join(f"acl a{n} {{ {f'a{n + 1}; ' * 9} }};\n" for n in range(8)) + "acl a8 { any; };"
        self.assertIn("more than 10000 elements", self.wrong(f"{acls}options {{ allow-query {{ a0; }}; }};"))

    def test_left(self) -> None:
        """A nameserver's own parts, and one without forwarders."""
        text = 'options { directory "/x"; };\nzone "example.org" { type master; file "y"; };\n'
        left = self.left(text)
        self.assertIn("f:1: directory /x: relative paths", left[0])
        self.assertIn("f:1: no forwarders for all names", left[1])
        self.assertIn("f:2: zone 'example.org' of type master", left[2])

    def test_included(self) -> None:
        """What is included stands there."""
        self.files["opts"] = "options { forwarders { 192.0.2.1; }; };"
        self.assertIn("address = udp://192.0.2.1:53", self.ini('include "opts";\n'))
        self.files["loop"] = 'include "loop";'
        self.assertIn("files include each other", self.wrong('include "loop";'))

    def test_wrong(self) -> None:
        """Each mistake is told with its line."""
        for text, why in (
            ("options {\n forwarders { x; }; };", "f:2: 'x' is no IP address"),
            ("options {\n forwarders tls no { 192.0.2.1; }; };", "f:2: there is no tls 'no'"),
            ("options {\n forward only;", "f:1: { is not closed"),
            ("options { };\n};", "f:2: there is a } too many"),
            ("options { };\nacl x", "f:2: 'acl x' is not ended by a ;"),
            ('options { };\nfile "x', "f:2: '\"x' is not closed"),
            ("options { listen-on tls mine { any; }; };", "tls 'mine' has no cert-file"),
            ("options { allow-query { here; }; };", "f:1: 'here' is no network"),
        ):
            self.assertIn(why, self.wrong(text))
