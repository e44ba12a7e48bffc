"""What the sections of a file mean: their kinds, the keys that they know, and whom paths name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from . import ini
from .control import place
from .faults import BUGS, blame, fault, unusable
from .ini import Problem, Section
from .kinds import KindError, Kinds, close
from .options import REQUIRED, Option, Options, Value, atLeast, octets, processes, seconds, some, words
from .share import Share
from .tls.errors import TLSFileError
from .upstreams.groups.over import upstreams

DAEMON: Options = {
    "workers": Option(processes, "1", "processes that share the addresses listened on; auto: one a CPU"),
    "drain": Option(seconds, "5s", "how long queries in flight are waited for at the end"),
    "open-files": Option(
        atLeast("64"),
        None,
        "the limit of open files; by default as high as the system allows",
        automatic=True,
    ),
    "max-in-flight": Option(
        some, "50000", "queries in flight of all fronts together; over it SERVFAIL", Share.part
    ),
    "max-backlog": Option(
        atLeast("1M", octets),
        "256M",
        "octets that all connections together make us hold; over it the greediest is closed",
        Share.part,
    ),
    "control": Option(
        place.named,
        None,
        "path of the control socket, or none; default: in a folder of this user's in /run",
        automatic=True,
    ),
    "control-group": Option(place.group, None, "a group that may use it besides the daemon's user and root"),
}
"""The keys of C{[dotchain]}."""

CHAIN: Options = {
    "path": Option(
        words, REQUIRED, "the stages in the order that a query meets them, last an upstream or a chain"
    ),
}

FRONT: Options = {
    "chain": Option(str, REQUIRED, "the chain that answers"),
}
"""The key that every front has besides those of its class."""

STAGE: Options = {"kind": Option(str, None, "the kind of stage; by default the section's name")}
UPSTREAM: Options = {"kind": Option(str, ini.UPSTREAM, "the kind of upstream")}

OVER = "over"
"""The key of a group of upstreams that names them."""

ROLES = ("dotchain", "front", "chain", "stage", "upstream")


@dataclass(eq=False)
class Implied(Section):
    """
    A word of a path or of a group that has no section: the kind of that name with its defaults.

    @ivar owner: the section that names it.
    @ivar within: the key that does.
    """

    owner: Section | None = None
    within: str = "path"

    def problem(self, key: str, text: str) -> Problem:
        """Blame whoever names it."""
        assert self.owner is not None
        where = f"{key}: " if key else ""
        return self.owner.problem(
            self.within, f"{self.name!r} with its defaults: {where}{text}; give it a section [{self.title}]"
        )


class Meaning(NamedTuple):
    """
    What a section is.

    @ivar options: the keys that it knows.
    @ivar kind: the class of a stage or an upstream.
    """

    options: Options
    kind: Any = None


class Plan:
    """
    The sections of one file, understood; L{problems} tells what is not.

    @ivar meanings: every section that has a meaning, in the order of the file.
    @ivar paths: for each chain, the sections that its path names, as far as they are known.
    @ivar groups: for each group of upstreams, those that it is over, as far as they are known.
    @ivar chains: for each front, the chain that it names.
    """

    def __init__(self, sections: Iterable[Section], kinds: Kinds, front: Options) -> None:
        self.problems: list[Problem] = []
        self.meanings: dict[Section, Meaning] = {}
        self.paths: dict[Section, list[Section]] = {}
        self.groups: dict[Section, list[Section]] = {}
        self.chains: dict[Section, Section] = {}
        self._kinds = kinds
        self._front = {**front, **FRONT}
        self._named: dict[str, Section] = {}
        self._implied: dict[str, Section] = {}
        for section in sections:
            self._take(section)
        if not self.role("dotchain"):
            self._take(Section("dotchain", "", 1, Path()))
        for section in self.role("chain"):
            self.paths[section] = self._path(section)
        for section in self.role("upstream"):
            if _isGroup(self.meanings[section]):
                self.groups[section] = self._over(section)
        for section in self.role("front"):
            self._lead(section)
        if not self.role("front"):
            self.problems.append(Problem(1, "", "", "no [front NAME] section: nothing would listen"))

    def role(self, role: str) -> list[Section]:
        """The sections of one role, in the order of the file."""
        return [section for section in self.meanings if section.role == role]

    def _complain(self, section: Section, key: str, text: str) -> None:
        self.problems.append(section.problem(key, text))

    def _take(self, section: Section) -> None:
        if section.role not in ROLES:
            known = ", ".join(ROLES)
            self._complain(section, "", f"unknown role{close(section.role, ROLES)} (known are: {known})")
            return
        if section.role == "dotchain" and section.name:
            self._complain(section, "", "takes no name; write [dotchain]")
        elif section.role != "dotchain" and not section.name:
            self._complain(section, "", f"has no name; write [{section.role} NAME]")
        self._register(section)
        meaning = self._meaning(section)
        if meaning:
            self.meanings[section] = meaning
            self._checkKeys(section, meaning)

    def _register(self, section: Section) -> None:
        """Paths name stages, upstreams and chains by their name alone, so it must be unique."""
        if section.role not in ("stage", "upstream", "chain") or not section.name:
            return
        first = self._named.setdefault(section.name, section)
        if first is not section:
            self._complain(section, "", f"[{first.title}] in line {first.line} has this name; choose another")

    def _meaning(self, section: Section) -> Meaning | None:
        if section.role == "dotchain":
            return Meaning(DAEMON)
        if section.role == "front":
            return Meaning(self._front)
        if section.role == "chain":
            return Meaning(CHAIN)
        base = STAGE if section.role == "stage" else UPSTREAM
        word = section.kind
        try:
            kind = self._kinds.find(word)
        except KindError as error:
            self._complain(section, "kind", str(error))
            return None
        if kind.role != section.role:
            self._complain(section, "kind", f"{word!r} is a kind of {kind.role}, not of {section.role}")
            return None
        return Meaning({**base, **kind.options}, kind)

    def _checkKeys(self, section: Section, meaning: Meaning) -> None:
        known = ", ".join(meaning.options)
        for key in section.values:
            if key not in meaning.options:
                hint = close(key, meaning.options)
                self._complain(section, key, f"unknown key{hint} ({_whose(section, meaning)} knows: {known})")
        for key, option in meaning.options.items():
            if option.default is REQUIRED and key not in section.values:
                self._complain(section, key, f"is missing: {option.doc}")

    def _path(self, chain: Section) -> list[Section]:
        text = chain.values.get("path")
        if text is None:
            return []
        names = text.split()
        if not names:
            self._complain(chain, "path", "is empty; it ends with an upstream or a chain")
        nodes = [self._node(name, chain, "path") for name in names]
        for node in nodes[:-1]:
            if node and node.role != "stage":
                self._complain(chain, "path", f"{node.name!r} is {_a(node)}, which only ends a path")
        if nodes and nodes[-1] and nodes[-1].role == "stage":
            self._complain(
                chain, "path", f"{nodes[-1].name!r} is a stage; a path ends with an upstream or a chain"
            )
        return [node for node in nodes if node]

    def _over(self, group: Section) -> list[Section]:
        """The upstreams that a group is over."""
        text = group.values.get(OVER, "")
        nodes = [node for name in text.split() if (node := self._node(name, group, OVER))]
        for node in nodes:
            if node.role != "upstream":
                self._complain(group, OVER, f"{node.name!r} is {_a(node)}; a group asks upstreams")
        return [node for node in nodes if node.role == "upstream"]

    def _node(self, name: str, owner: Section, key: str) -> Section | None:
        """The section that a word of another one's key names."""
        found = self._named.get(name) or self._implied.get(name)
        if found:
            return found
        try:
            kind = self._kinds.find(name)
        except KindError as error:
            self._complain(owner, key, self._unnamed(name, error))
            return None
        line = owner.values[key].line
        given = {"kind": Value.at(name, owner.folder, line)}
        implied = Implied(kind.role, name, line, owner.folder, given, owner, key)
        base = STAGE if kind.role == "stage" else UPSTREAM
        self._implied[name] = implied
        self.meanings[implied] = Meaning({**base, **kind.options}, kind)
        self._checkKeys(implied, self.meanings[implied])
        return implied

    def _unnamed(self, name: str, error: KindError) -> str:
        if "." in name or name in self._kinds.names:
            return str(error)
        hint = close(name, [*self._named, *self._kinds.names])
        return f"{name!r} is neither a section nor a kind{hint}"

    def _lead(self, front: Section) -> None:
        name = front.values.get("chain")
        found = self._named.get(name or "")
        if found and found.role == "chain":
            self.chains[front] = found
        elif found:
            self._complain(
                front, "chain", f"{name!r} is {_a(found)}; name a chain, whose path may be just that"
            )
        elif name is not None:
            hint = close(name, [section.name for section in self.role("chain")])
            self._complain(front, "chain", f"there is no section [chain {name}]{hint}")


def _isGroup(meaning: Meaning) -> bool:
    return OVER in meaning.options and meaning.options[OVER].read is upstreams


def _a(section: Section) -> str:
    return f"an {section.role}" if section.role[0] in "aeiou" else f"a {section.role}"


def _whose(section: Section, meaning: Meaning) -> str:
    return f"[{section.role}]" if meaning.kind is None else f"kind {section.kind}"


def value(section: Section, key: str, option: Option) -> Any:
    """
    The value of a key, or of its default.

    @raise ValueError: what is wrong with it.
    """
    text = section.values.get(key)
    if text is None:
        if option.default is None:
            return None
        text = Value.at(str(option.default), section.folder, section.line)
    return option.read(text)


def values(section: Section, meaning: Meaning) -> tuple[dict[str, Any], list[Problem]]:
    """All values of a section as its constructor takes them, and what is wrong with any."""
    found: dict[str, Any] = {}
    problems = []
    for key, option in meaning.options.items():
        try:
            if key in section.values or option.default is not REQUIRED:
                found[key.replace("-", "_")] = value(section, key, option)
        except OSError as error:
            problems.append(section.problem(key, unusable(error)))
        except (ValueError, TLSFileError) as error:
            problems.append(section.problem(key, str(error) or blame(error)))
        except BUGS as error:
            problems.append(fault(section, "its value can't be read", error, key))
    return found, problems
