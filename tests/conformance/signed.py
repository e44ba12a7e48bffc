"""A signed zone with a proof of everything, and BIND to serve it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..interop.authorities import Named
from ..interop.daemon import program

_KEY = ["-a", "ECDSAP256SHA256", "-q"]


class Signed(Named):
    """BIND with example.org, signed; what is denied is denied by NSEC3."""

    def configure(self) -> None:
        """Sign the zone that all others serve, as it is, and have it served."""
        super().configure()
        zone = self.folder / "example.org.zone"
        kinds: tuple[list[str], ...] = ([], ["-f", "KSK"])
        keys = [self._run("dnssec-keygen", *_KEY, *more, "example.org").strip() for more in kinds]
        text = "".join((self.folder / f"{key}.key").read_text() for key in keys)
        zone.write_text(zone.read_text() + "sub IN DNAME many\n" + text)
        self._run("dnssec-signzone", "-3", "-", "-o", "example.org", "-f", str(zone), str(zone))

    def _run(self, name: str, *arguments: str) -> str:
        command = [program(name), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=20, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def anchor(self) -> Path:
        """The trust anchor, as delv reads it."""
        lines = "".join(path.read_text() for path in self.folder.glob("Kexample.org.*.key"))
        (line,) = [line for line in lines.splitlines() if " DNSKEY 257 " in line]
        flags, protocol, algorithm, *key = line.partition("DNSKEY ")[2].split()
        file = self.folder / "anchor"
        words = f'"example.org." static-key {flags} {protocol} {algorithm} "{"".join(key)}"'
        file.write_text(f"trust-anchors {{ {words}; }};\n")
        return file
