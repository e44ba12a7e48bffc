"""AU, PR: what each usage profile does, upstreams by name, sessions, and what the operator is told."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from ..interop.asked import Asked
from ..interop.certificates import NAME, authority, leaf
from ..interop.conftest import Credentials
from ..interop.daemon import until
from ..interop.dotchain import Dotchain, dotchainCommand
from ..interop.plain import Plain
from ..interop.ports import HOST, freePort
from ..interop.server import Server, serverSide
from .client import udp
from .message import RD, SERVFAIL, Message, optrr, query
from .replies import RIGHT, address, byLabel, reply
from .tap import Tap, tickets


def forwarder(port: int, keys: str, path: str = "") -> str:
    """An INI file with one front over UDP and one upstream."""
    return f"""
[front lan]
listen = udp://{HOST}:{port}
chain = home
[chain home]
path = {path} out
[upstream out]
{keys}
"""


def ask(port: int, name: str, flags: int = RD) -> Message:
    """One answer."""
    return Message(udp(port, query(name, flags=flags, opt=optrr())))


def asked(server: Server) -> list[str]:
    """The transports that queries came over."""
    return [logged.transport for logged in server.log]


def test_AU06(tmp_path: Path, credentials: Credentials) -> None:
    """Opportunistic: TLS though it proves nothing, then clear text, then TLS again (RFC 8310 section 5)."""
    port, side = freePort(), serverSide(leaf(None).write(tmp_path, "stranger"))
    clear, encrypted = Server(byLabel({}), udp=True), Server(byLabel({}), side)
    keys = f"address = tls://{HOST}:{encrypted.port} udp://{HOST}:{clear.port}"
    text = forwarder(port, f"{keys}\nprofile = opportunistic\nname = {NAME}\nca-file = {credentials.trusted}")
    with clear, Dotchain(tmp_path, text) as daemon:
        with encrypted:
            assert ask(port, "ok.first.t").answer == [RIGHT]
            assert (asked(encrypted), asked(clear)) == (["tls"], [])
            assert "is not authenticated" in daemon.said()
        assert ask(port, "ok.second.t").answer == [RIGHT]
        assert asked(clear) == ["udp"]
        assert "is asked in clear text" in daemon.said()
        again = Server(byLabel({}), side)
        again.port = encrypted.port
        with again:

            def back() -> bool:
                assert ask(port, "ok.third.t").answer == [RIGHT]
                return asked(again) != []

            until(back)


def test_AU07(tmp_path: Path, credentials: Credentials) -> None:
    """A name is resolved by those who are meant to, who are asked nothing else (RFC 8310 section 7.2)."""
    config = tmp_path / "alone.ini"
    config.write_text(forwarder(freePort(), f"address = tls://{NAME}"))
    done = dotchainCommand("check", str(config))
    assert done.returncode == 1
    assert "bootstrap" in done.stdout + done.stderr
    port = freePort()
    with ExitStack() as stack:
        server = stack.enter_context(Server(byLabel({}), serverSide(credentials.files)))
        bootstrap = stack.enter_context(Plain({NAME: HOST}))
        keys = f"address = tls://{NAME}:{server.port}\nbootstrap = udp://{HOST}:{bootstrap.port}"
        text = forwarder(port, f"{keys}\nca-file = {credentials.trusted}", "cache coalesce")
        stack.enter_context(Dotchain(tmp_path, text))
        for number in range(3):
            assert ask(port, f"ok.secret{number}.t").answer == [RIGHT]
        assert set(bootstrap.asked) == {(NAME, "A"), (NAME, "AAAA")}


def closes(asked: Asked) -> None:
    """Answers, and ends the connection."""
    asked.send(reply(asked, (address(),)))
    asked.call(0.05, asked.close)


def test_AU08_identities(tmp_path: Path) -> None:
    """Two upstreams at one address that want another name each share no session (RFC 8446 appendix C.4)."""
    ca, first, second = authority(), freePort(), freePort()
    shown = leaf(ca, [NAME, "other.example.org"]).write(tmp_path, "both")
    trusted = ca.write(tmp_path, "ca").certificate
    with ExitStack() as stack:
        server = stack.enter_context(Server(closes, serverSide(shown)))
        tap = stack.enter_context(Tap(server.port))
        text = ""
        for port, name in ((first, NAME), (second, "other.example.org")):
            keys = f"address = tls://{HOST}:{tap.port}\nname = {name}\nca-file = {trusted}\nkeep-warm = 0s"
            part = forwarder(port, keys)
            for word in ("lan", "home", "out"):
                part = part.replace(word, f"{word}{port}")
            text += part
        stack.enter_context(Dotchain(tmp_path, text))
        for port, offers in ((first, False), (first, True), (second, False), (second, True)):
            assert ask(port, f"ok.{port}.t").answer == [RIGHT]
            assert bool(tickets(tap.greetings[-1])) is offers
            time.sleep(0.15)


def test_AU08_reload(tmp_path: Path, credentials: Credentials) -> None:
    """Pins that are read anew hold for sessions from before, too: they are forgotten."""
    port, pinned = freePort(), tmp_path / "pinned.pem"
    pinned.write_bytes(credentials.files.certificate.read_bytes())
    with ExitStack() as stack:
        server = stack.enter_context(Server(closes, serverSide(credentials.files)))
        tap = stack.enter_context(Tap(server.port))
        keys = f"address = tls://{HOST}:{tap.port}\npin-sha256 = {pinned}\nkeep-warm = 0s\ntimeout = 1s"
        daemon = stack.enter_context(Dotchain(tmp_path, forwarder(port, keys)))
        for number in range(2):
            assert ask(port, f"ok.{number}.t").answer == [RIGHT]
            time.sleep(0.15)
        assert tickets(tap.greetings[-1])
        before = len(tap.greetings)
        pinned.write_bytes(leaf(None).write(tmp_path, "other").certificate.read_bytes())
        daemon.hangUp()
        until(lambda: "reload" in daemon.said())
        assert ask(port, "ok.after.t").rcode == SERVFAIL
        assert len(tap.greetings) > before
        assert not any(tickets(greeting) for greeting in tap.greetings[before:])
        assert not server.seen("after")


def warned(folder: Path, text: str) -> str:
    """What C{dotchain check} says of a file."""
    config = folder / "warned.ini"
    config.write_text(text)
    done = dotchainCommand("check", str(config))
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_PR05(tmp_path: Path, credentials: Credentials) -> None:
    """What costs privacy is told before it happens: clear text, a key that others can read (RFC 8310)."""
    names = f"address = tls://{NAME}\nbootstrap = 9.9.9.9"
    assert "clear text" in warned(tmp_path, forwarder(5300, f"{names}\nca-file = {credentials.trusted}"))
    assert "clear text" in warned(tmp_path, forwarder(5300, "address = udp://9.9.9.9"))
    files = leaf(None).write(tmp_path, "readable")
    files.key.chmod(0o644)
    text = forwarder(5300, "address = udp://127.0.0.1:5399").replace(
        "chain = home", f"chain = home\ncertificate = {files.certificate}\nkey = {files.key}"
    )
    assert "0600" in warned(tmp_path, text.replace("udp://127.0.0.1:5300", "tls://127.0.0.1:5853"))


def test_PR04(tmp_path: Path) -> None:
    """A nameserver in clear text across the Internet is warned of; one on this host is not."""
    assert "in clear text" in warned(tmp_path, forwarder(5300, "address = tcp://9.9.9.9"))
    assert "in clear text" not in warned(tmp_path, forwarder(5300, "address = tcp://127.0.0.1:5399"))
