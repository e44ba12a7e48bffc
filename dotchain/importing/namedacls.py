"""Address match lists of named.conf, as networks."""

from __future__ import annotations

from . import values
from .namedsyntax import Statement
from .settings import CannotImport, Settings

# Elements, those of lists in lists among them.
_MOST = 10_000


class Acls:
    """The lists that have names, and what comes of them."""

    def __init__(self, statements: list[Statement], settings: Settings) -> None:
        self._settings = settings
        self._matches = 0
        self._lists = {
            each.words[1]: each for each in statements if each.kind == "acl" and len(each.words) > 1
        }

    def allowed(self, options: Statement) -> dict[str, str]:
        """Who may ask, as keys of a front."""
        lists = options.named("allow-recursion") or options.named("allow-query")
        found: dict[str, list[str]] = {"allow": [], "deny": []}
        for each in lists:
            self._add(each, found, False, 0)
        return {key: "\n".join(dict.fromkeys(each)) for key, each in found.items() if each}

    def _add(self, statement: Statement, found: dict[str, list[str]], negated: bool, depth: int) -> None:
        for each in statement.block or ():
            self._matches += 1
            if self._matches > _MOST:
                raise CannotImport(each.where, f"lists of networks come to more than {_MOST} elements")
            words = [word for word in each.words if word != "!"]
            no = negated != (len(words) < len(each.words))
            word = words[0] if words else ""
            target = found["deny" if no else "allow"]
            if word == "any":
                target += ["0.0.0.0/0", "::/0"]
            elif word == "none":
                found["deny" if not no else "allow"] += ["0.0.0.0/0", "::/0"]
            elif word == "localhost":
                target += ["127.0.0.0/8", "::1"]
            elif word == "localnets":
                target += ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10"]
            elif word in self._lists and depth < 8:
                self._add(self._lists[word], found, no, depth + 1)
            elif each.block is not None and depth < 8:
                self._add(each, found, no, depth + 1)
            elif word == "key" or not word or word in self._lists:
                self._settings.leave(
                    each.where, f"{' '.join(each.words)}: clients are told apart by address here"
                )
            else:
                target.append(values.network(word, each.where))
