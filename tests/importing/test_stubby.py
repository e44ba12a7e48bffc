"""stubby.yml."""

from __future__ import annotations

import pytest

from .importcase import ImportCase

pytest.importorskip("yaml", reason="PyYAML is missing")

TEXT = """
resolution_type: GETDNS_RESOLUTION_STUB
dns_transport_list:
  - GETDNS_TRANSPORT_TLS
tls_authentication: GETDNS_AUTHENTICATION_REQUIRED
edns_client_subnet_private : 1
round_robin_upstreams: 1
idle_timeout: 10000
listen_addresses:
  - 127.0.0.1@5353
  - 0::1
upstream_recursive_servers:
  - address_data: 192.0.2.1
    tls_auth_name: "one.example"
  - address_data: 2001:db8::1
    tls_auth_name: "one.example"
  - address_data: 192.0.2.2
    tls_port: 8853
    tls_pubkey_pinset:
      - digest: "sha256"
        value: 62lKu9HsDVbyiPenApnc4sfmSYTHOVfFgL3pyB+cBL4=
"""


class StubbyTests(ImportCase):
    """A stub."""

    def test_default(self) -> None:
        """Servers of one name are one upstream; each is authenticated as it says."""
        self.assertEqual(
            self.ini(TEXT.replace("round_robin_upstreams: 1", "round_robin_upstreams: 0")),
            """[front stub]
listen = udp://127.0.0.1:5353
tcp://127.0.0.1:5353
udp://[::1]:53
tcp://[::1]:53
chain = stub
[chain stub]
path = coalesce special up-any
[upstream up-any]
kind = failover
over = one-example
up
[upstream one-example]
address = tls://192.0.2.1:853
tls://[2001:db8::1]:853
name = one.example
idle-timeout = 10000ms
ecs-private = yes
[upstream up]
address = tls://192.0.2.2:8853
pin-sha256 = 62lKu9HsDVbyiPenApnc4sfmSYTHOVfFgL3pyB+cBL4=
idle-timeout = 10000ms
ecs-private = yes""",
        )
        self.assertEqual(self.left(TEXT), [])

    def test_roundRobin(self) -> None:
        """Each server has its turn then, those of one name too."""
        self.assertIn("kind = round-robin\nover = one-example\none-example-2\nup\n", self.ini(TEXT))

    def test_versions(self) -> None:
        """That TLS is 1.2 at the least is so; another version, and ciphers, are not carried over."""
        self.assertEqual(self.left(f"{TEXT}tls_min_version: GETDNS_TLS1_2\n"), [])
        for option in ("tls_min_version: GETDNS_TLS1_3", "tls_cipher_list: HIGH"):
            (left,) = self.left(f"{TEXT}{option}\n")
            self.assertIn(f"f:22: {option.partition(':')[0]}: ", left)

    def test_profiles(self) -> None:
        """Opportunistic where clear text may be, encrypted where nobody need be authenticated."""
        text = TEXT.replace("REQUIRED", "NONE")
        self.assertEqual(self.ini(text).count("profile = encrypted"), 3)
        text = text.replace("TRANSPORT_TLS", "TRANSPORT_TLS\n  - GETDNS_TRANSPORT_UDP")
        self.assertEqual(self.ini(text).count("profile = opportunistic"), 3)
        clear = TEXT.replace("TRANSPORT_TLS", "TRANSPORT_TLS\n  - GETDNS_TRANSPORT_UDP")
        self.assertNotIn("profile", self.ini(clear))
        self.assertIn("clear text: what must be authenticated is TLS", self.left(clear)[0])

    def test_left(self) -> None:
        """What is of getdns, or done by others here."""
        self.assertEqual(
            self.left(f"{TEXT}dnssec: GETDNS_EXTENSION_TRUE\nodd: 1\n"),
            [
                "f:22: dnssec: dotchain does not validate; ask a resolver that does",
                "f:23: odd: nothing here is like it",
            ],
        )

    def test_wrong(self) -> None:
        """Each mistake is told with its line."""
        for old, new, why in (
            ("192.0.2.1", "dns.example", "f:13: 'dns.example' is no IP address"),
            ("62lKu9", "short", "f:20: a pin is 32 octets of base64"),
            ('    tls_auth_name: "one.example"\n', "", "f:13: tls_authentication is REQUIRED"),
            (
                "  - GETDNS_TRANSPORT_TLS",
                "  - GETDNS_TRANSPORT_UDP",
                "f:4: GETDNS_TRANSPORT_TLS is not in it",
            ),
            ("10000", "[", "no YAML"),
            ("10000", "often", "f:8: 'often' is no number of milliseconds"),
        ):
            self.assertIn(why, self.wrong(TEXT.replace(old, new, 1)))

    def test_bomb(self) -> None:
        """Aliases don't make a small file an endless one."""
        lines = ["upstream_recursive_servers: []", "a0: &a0 [x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
        self.assertIn("an alias of a list", self.wrong("\n".join(lines)))
