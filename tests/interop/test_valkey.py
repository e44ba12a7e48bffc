"""The client of Valkey with real servers: one, several, behind TLS and a password, sentinels, a cluster."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

from cryptography.x509.oid import ExtendedKeyUsageOID

from dotchain.tls.clientcertificate import ClientCertificate
from dotchain.valkey.away import Away, Refused
from dotchain.valkey.dialling import Access
from dotchain.valkey.slots import slotOf

from .certificates import leaf
from .conftest import Credentials
from .ports import HOST, freePort
from .valkeyclient import Seen, ValkeyClient, client
from .valkeyfleet import MASTER, cluster, give, replicated
from .valkeyserver import ValkeyServer


def at(server: ValkeyServer, scheme: str = "valkey") -> str:
    """How operators write where it is."""
    return f"{scheme}://{HOST}:{server.port}"


def keep(asking: ValkeyClient, key: bytes) -> bool:
    """Whether a value was put, and found."""
    asking.valkey.store.put(key, b"value", 60)
    return asking.look(key) == b"value"


def test_one(tmp_path: Path) -> None:
    """What was put is found, for as long as was said; rare commands give what they should."""
    with ValkeyServer(tmp_path) as server, client(f"{at(server)}/1") as asking:
        asking.open()
        assert keep(asking, b"key")
        assert asking.look(b"other") is None
        assert 0 < asking.ask("TTL", "key") <= 60
        assert asking.ask("SET", "claim", "me", "NX", "PX", 5000) == b"OK"
        assert asking.ask("SET", "claim", "you", "NX", "PX", 5000) is None
        assert asking.ask("MGET", b"key", "other") == [b"value", None]
        assert asking.ask("INCR", "number") == 1
        assert isinstance(asking.ask("INCR", "key"), Refused)
        assert server.say("GET", "key") is None
        assert asking.valkey.counts.found == 1


def test_large(tmp_path: Path) -> None:
    """Values of the size of the largest message come whole; those without room in a turn are counted."""
    with ValkeyServer(tmp_path) as server, client(at(server)) as asking:
        asking.open()
        for number in range(100):
            asking.valkey.store.put(b"%d" % number, bytes([number]) * 65535, 60)
        counts = asking.valkey.counts
        assert counts.puts + counts.dropped == 100
        kept = counts.puts
        assert [asking.look(b"%d" % number) for number in range(kept)] == [
            bytes([number]) * 65535 for number in range(kept)
        ]


def test_unixSocket(tmp_path: Path) -> None:
    """A server on this machine may be reached by its socket."""
    path = tmp_path / "s"
    with ValkeyServer(tmp_path, "--unixsocket", str(path)), client(f"unix://{path}") as asking:
        asking.open()
        assert keep(asking, b"key")


def test_accessAndTLS(tmp_path: Path, credentials: Credentials) -> None:
    """A user of an ACL with few rights is let in over TLS; with a wrong password, or by another CA, not."""
    port, files = freePort(), credentials.files
    tls = ["--tls-port", str(port), "--tls-cert-file", str(files.certificate)]
    tls += ["--tls-key-file", str(files.key), "--tls-auth-clients", "no"]
    rules = "dotchain on >s3cret ~dotchain:* &dotchain:* -@all +get +set +publish +subscribe"
    with ValkeyServer(tmp_path, *tls, "--user", *rules.split()) as server:
        right = Access("dotchain", "s3cret", caFile=credentials.trusted)
        where = f"valkeys://{HOST}:{port}"
        with client(where, right) as asking:
            asking.until(lambda: asking.valkey.store.open)
            assert keep(asking, b"dotchain:key")
            assert asking.look(b"another's") is None
            assert asking.valkey.counts.refused == {"NOPERM": 2}
        with client(where, Access("dotchain", "wrong", caFile=credentials.trusted)) as asking:
            asking.until(lambda: "WRONGPASS" in asking.valkey.state)
        with client(where, Access("dotchain", "s3cret")) as asking:
            asking.until(lambda: "no trusted CA signed" in asking.valkey.state)
        assert server.say("PING") == b"PONG"


def test_whoWeAre(tmp_path: Path, credentials: Credentials) -> None:
    """A server that wants a certificate of its clients, as is its default over TLS, is shown one."""
    port, files, ca = freePort(), credentials.files, str(credentials.trusted)
    own = leaf(credentials.ca, usage=ExtendedKeyUsageOID.CLIENT_AUTH).write(tmp_path, "client")
    tls = ["--tls-port", str(port), "--tls-ca-cert-file", ca]
    tls += ["--tls-cert-file", str(files.certificate), "--tls-key-file", str(files.key)]
    where = f"valkeys://localhost:{port}"
    with ValkeyServer(tmp_path / "server", *tls):
        shown = ClientCertificate(own.certificate, own.key)
        known = Access(caFile=credentials.trusted, name=HOST, shown=shown)
        with client(where, known) as asking:
            asking.open()
            assert keep(asking, b"key")
        with client(where, Access(caFile=credentials.trusted, name=HOST)) as asking:
            asking.until(lambda: asking.valkey.state not in ("up", "away: not connected yet"))
            assert "certificate" in asking.valkey.state


def test_messages(tmp_path: Path) -> None:
    """What one machine publishes the others hear, also after the server was away."""
    heard: list[bytes] = []
    ups: list[str] = []
    server = ValkeyServer(tmp_path)
    with server, client(at(server)) as saying:
        hearing = ValkeyClient(at(server))
        hearing.valkey.subscribe(b"flush", heard.append)
        hearing.valkey.whenUp(lambda: ups.append(hearing.valkey.state))
        hearing.valkey.startService()
        hearing.until(lambda: len(ups) == 2)
        saying.open()
        assert saying.ask("PUBLISH", "flush", "one") == 1
        hearing.until(lambda: heard == [b"one"])
        server.say("CLIENT", "KILL", "TYPE", "pubsub")
        server.say("CLIENT", "KILL", "TYPE", "normal")
        hearing.until(lambda: len(ups) == 4)
        saying.open()
        assert saying.ask("PUBLISH", "flush", "two") == 1
        hearing.until(lambda: heard == [b"one", b"two"])
        hearing.end()


def test_hangs(tmp_path: Path) -> None:
    """A server that hangs is passed by, and is back as soon as it goes on."""
    with ValkeyServer(tmp_path) as server, client(at(server), timeout=0.1) as asking:
        asking.open()
        server.process.send_signal(signal.SIGSTOP)
        try:
            while asking.valkey.store.open:
                assert asking.look(b"key") is None
            assert asking.valkey.state == "away: no answer in time"
            assert isinstance(asking.ask("PING"), Away)
        finally:
            server.process.send_signal(signal.SIGCONT)
        asking.open()
        asking.until(lambda: asking.valkey.store.open and keep(asking, b"key"))


def test_refuses(tmp_path: Path) -> None:
    """A server that takes no values, since it is full or a replica, is looked at; and takes them again."""
    with ValkeyServer(tmp_path) as server, client(at(server)) as asking:
        asking.open()
        assert keep(asking, b"key")
        for kind, refuse, allow in (
            ("OOM", ("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
            ("READONLY", ("REPLICAOF", HOST, "1"), ("REPLICAOF", "NO", "ONE")),
        ):
            server.say(*refuse)
            asking.valkey.store.put(b"new", b"value", 60)
            asking.until(partial(asking.valkey.counts.refused.get, kind))
            assert asking.look(b"new") is None
            assert asking.look(b"key") == b"value"
            server.say(*allow)
            asking.until(lambda: keep(asking, b"new"))
            server.say("DEL", "new")


def test_several(tmp_path: Path) -> None:
    """The first that answers is asked, and the first again as soon as it is there."""
    first, second = ValkeyServer(tmp_path / "1"), ValkeyServer(tmp_path / "2")
    with second, client(f"{at(first)} {at(second)}") as asking:
        with first:
            asking.open()
            asking.until(lambda: keep(asking, b"a") and first.say("GET", "a") == b"value")
        asking.open()
        asking.until(lambda: keep(asking, b"b") and second.say("GET", "b") == b"value")
        with first:
            asking.until(lambda: keep(asking, b"c") and first.say("GET", "c") == b"value")


def test_sentinel(tmp_path: Path) -> None:
    """Where sentinels make another server the master, it is used within seconds, for messages as well."""
    heard: list[bytes] = []
    with replicated(tmp_path) as (first, second, sentinel):
        asking = ValkeyClient(at(sentinel), sentinel=MASTER)
        asking.valkey.subscribe(b"flush", heard.append)
        asking.valkey.startService()
        asking.open()
        assert keep(asking, b"before")
        assert first.say("GET", "before") == b"value"
        sentinel.failover(second)
        there = lambda: second.say("GET", "now") == b"value"  # noqa: E731
        asking.until(lambda: asking.valkey.store.open and keep(asking, b"now") and there())
        asking.until(lambda: asking.ask("PUBLISH", "flush", "now") == 1)
        asking.until(lambda: heard)
        asking.end()


def test_cluster(tmp_path: Path) -> None:
    """Each node has its keys; where a slot moves, what is there is found, while it moves as well."""
    heard: list[bytes] = []
    with cluster(tmp_path) as nodes:
        asking = ValkeyClient(at(nodes[0]), cluster=True)
        asking.valkey.subscribe(b"flush", heard.append)
        asking.valkey.startService()
        asking.until(lambda: [link.open for link in asking.valkey.store.links] == [True] * 3)
        keys = [b"key%d" % number for number in range(30)]
        assert all(keep(asking, key) for key in keys)
        assert all(int(str(node.say("DBSIZE"))) for node in nodes)
        assert sum(int(str(node.say("DBSIZE"))) for node in nodes) == 30
        asking.until(lambda: asking.ask("MGET", "{a}1", "{a}2") == [None, None])
        asking.until(lambda: asking.ask("PUBLISH", "flush", "now") is not None and heard)

        key = keys[0]
        slot = slotOf(key)
        owner = next(node for node in nodes if node.say("GET", key) == b"value")
        other = next(node for node in nodes if node is not owner)
        other.say("CLUSTER", "SETSLOT", str(slot), "IMPORTING", owner.identity)
        owner.say("CLUSTER", "SETSLOT", str(slot), "MIGRATING", other.identity)
        assert owner.say("MIGRATE", HOST, str(other.port), key, "0", "5000") == b"OK"
        assert asking.look(key) == b"value"
        asking.until(lambda: asking.ask("GET", key) == b"value")
        assert asking.valkey.counts.refused.get("ASK")
        give(slot, other, nodes)
        assert asking.look(key) == b"value"
        asking.until(lambda: asking.ask("GET", key) == b"value")
        asking.until(lambda: asking.look(key) == b"value" and keep(asking, key))
        asking.end()


def test_clusterNodeAway(tmp_path: Path) -> None:
    """Where one node of a cluster is away, its keys are passed by, and those of the others are found."""
    with cluster(tmp_path) as nodes, client(at(nodes[0]), cluster=True) as asking:
        asking.until(lambda: [link.open for link in asking.valkey.store.links] == [True] * 3)
        keys = [b"key%d" % number for number in range(30)]
        assert all(keep(asking, key) for key in keys)
        theirs = [key for key in keys if nodes[2].say("EXISTS", key) == 1]
        nodes[2].process.kill()
        nodes[2].process.wait()
        asking.until(lambda: not asking.valkey.store.look(theirs[0], Seen()))
        assert all(asking.look(key) == b"value" for key in keys if key not in theirs)
        assert asking.valkey.state == "up"
