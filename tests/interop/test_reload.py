"""What dotchain reload and HUP do with the INI file, and with each file that it names."""

from __future__ import annotations

from pathlib import Path

from .conftest import Credentials
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort
from .test_control import Named
from .zone import writeZone


def changed(daemon: Dotchain, said: str) -> None:
    """
    A daemon whose file has become another one is told to reload.

    @param said: what the verb and the log must tell.
    """
    done = dotchainCommand("reload", "--config", str(daemon.config), RUNTIME_DIRECTORY=str(daemon.folder))
    assert done.returncode == 1, done.stdout
    assert said in done.stdout
    before = len(daemon.said())
    daemon.hangUp()
    until(lambda: said in daemon.said()[before:])


def test_reloadBrokenFile(tmp_path: Path) -> None:
    """
    A file that is wrong or gone changes nothing: the verb says why with status 1, a HUP in the log; once it
    is as it was, all is well.
    """
    with Named(tmp_path, "s") as running:
        kept = running.config.read_text()
        assert running.status("reload") == 0
        running.config.write_text(f"{kept}wrod = x\n")
        changed(running, f"{running.config}:{len(kept.splitlines()) + 1}: [upstream out] wrod: unknown key")
        running.config.rename(tmp_path / "away.ini")
        asked = dotchainCommand("reload", "--socket", str(running.socket))
        assert asked.returncode == 1
        assert "cannot be read: No such file or directory" in asked.stdout
        running.config.write_text(kept)
        assert running.status("reload") == 0
        running.config.write_text(kept.replace("control", "workers = 2\ncontrol"))
        changed(running, "[dotchain] workers: has changed, and only a restart takes that")


EVERYTHING = """\
[dotchain]
control = s

[front dot]
listen        = tls://{host}:{dot}
certificate   = front.crt
key           = front.key
chain         = away

[front plain]
listen        = udp://{host}:{plain}
cookie-secret = cookies
chain         = here

[chain away]
path = pinned

[chain here]
path = zone

[upstream pinned]
address    = tls://{name}:{dot}
name       = dns.example.org
pin-sha256 = pinned.crt
ca-file    = ca.crt
bootstrap  = tls://192.0.2.1

[upstream zone]
kind = zone
file = {zone}
"""


class Everything(Dotchain):
    """A daemon whose INI file names a file of every sort."""

    def __init__(self, folder: Path, credentials: Credentials) -> None:
        files = {"host": HOST, "dot": freePort(), "plain": freePort(), "zone": writeZone(folder)}
        super().__init__(folder, EVERYTHING.format(name="dns.example.org", **files))
        credentials.server.write(folder, "front")
        credentials.server.write(folder, "pinned")
        credentials.ca.write(folder, "ca")
        (folder / "cookies").write_text("000102030405060708090a0b0c0d0e0f\n")
        self.zone = Path(str(files["zone"])).name

    def told(self) -> tuple[int, str]:
        """Status and output of the verb."""
        done = dotchainCommand("reload", "--socket", str(self.folder / "s"))
        return done.returncode, done.stdout


def test_reloadNamedFiles(tmp_path: Path, credentials: Credentials) -> None:
    """Whatever file is broken or gone, its section keeps the old state, by name, with status 1."""
    with Everything(tmp_path, credentials) as running:
        sections = {
            "front.crt": "front dot",
            "front.key": "front dot",
            "cookies": "front plain",
            "pinned.crt": "upstream pinned",
            "ca.crt": "upstream pinned",
            running.zone: "upstream zone",
        }
        assert running.told()[0] == 0
        for name, section in sections.items():
            file = tmp_path / name
            kept = file.read_bytes()
            for broken in (b"nonsense\n", None):
                file.unlink()
                if broken:
                    file.write_bytes(broken)
                status, said = running.told()
                assert status == 1, (name, said)
                (line,) = [line for line in said.splitlines() if line.startswith(f"{section}: keeps the old")]
                assert name in line
                assert said.count("keeps the old state") == 1
                file.write_bytes(kept)
        assert running.told()[0] == 0
