"""What other programs say of TLS at a front, in words that our keys take."""

from __future__ import annotations

from collections.abc import Callable

from ..fronts.tlsoptions import ciphers, groups
from .settings import Settings, Where

_VERSIONS = {"tlsv1.2": "1.2", "tlsv1.3": "1.3"}
_NONE = "an older version than TLS 1.2 is never spoken here"


class FrontTls:
    """
    Gathers them; what is of no sense here is left, and the import goes on.

    @ivar keys: of the front.
    """

    def __init__(self, settings: Settings) -> None:
        self.keys: dict[str, str] = {}
        self._settings = settings
        self._ciphers: list[tuple[str, Where]] = []

    def least(self, version: str, where: Where, option: str) -> None:
        """The lowest version, such as C{TLSv1.2}."""
        known = _VERSIONS.get(version.lower().replace("_", "."))
        if known is None:
            self._settings.leave(where, f"{option} {version}: {_NONE}")
        else:
            self.keys["tls-min"] = max(known, self.keys.get("tls-min", known))

    def ciphers(self, names: str, where: Where, option: str) -> None:
        """Names of ciphers or suites, between colons."""
        if found := self._names(names, where, option, ciphers):
            self._ciphers.append((found, where))

    def groups(self, names: str, where: Where, option: str) -> None:
        """Names of groups, between colons."""
        if found := self._names(names, where, option, groups):
            self.keys["groups"] = found

    def _names(self, text: str, where: Where, option: str, read: Callable[[str], object]) -> str:
        names = " ".join(dict.fromkeys(text.replace(":", " ").split()))
        try:
            read(names)
        except ValueError as error:
            self._settings.leave(where, f"{option}: {error}")
            return ""
        return names

    def finish(self) -> dict[str, str]:
        """All of them; ciphers of TLS 1.2 are of no use where that is not spoken."""
        words = []
        for names, where in self._ciphers:
            for name in names.split():
                if self.keys.get("tls-min") == "1.3" and not name.startswith("TLS_"):
                    self._settings.leave(where, f"{name}: is of TLS 1.2, and tls-min = 1.3")
                else:
                    words.append(name)
        if words:
            self.keys["ciphers"] = " ".join(dict.fromkeys(words))
        return self.keys
