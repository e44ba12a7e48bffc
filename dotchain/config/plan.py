"""What the sections of a file mean: their kinds, the keys that they know, and whom paths name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..contract.faults import BUGS, blame, fault, unusable
from ..naming import Naming, listed
from ..options import REQUIRED, LineError, Option, Options, Value
from ..tls.errors import TLSFileError
from .fitting import Fitting
from .hint import address, close
from .implied import Implied
from .ini import ROLES, Problem, Section
from .kinds import KindError, Kinds
from .meaning import Meaning
from .miswritten import INCLUDE, KEYS
from .processoptions import CHAIN, DAEMON, FRONT, STAGE, UPSTREAM
from .testoptions import TEST

# What to do where one of that role is named in place of another.
_REMEDIES = {
    "chain": "give the chain a front on a loopback address, and have an upstream ask that",
    "stage": "a stage stands in the path of a chain",
}


class Plan:
    """
    The sections of one file, understood; L{problems} tells what is not.

    @ivar meanings: every section that has a meaning, in the order of the file.
    @ivar paths: for each chain, the sections that its path names, as far as they are known.
    @ivar groups: for each group of upstreams, or stage that asks others than the next one, by each key that
        names some those that it does, as far as they are known.
    @ivar chains: for each front, the chain that it names.
    @ivar instead: what to tell in place of a problem that takes something for a key.
    @ivar meant: for each section with keys that it does not know, those that may be meant and are not there.
    """

    def __init__(self, sections: Iterable[Section], kinds: Kinds, front: Options, first: str = "") -> None:
        """@param first: the name of the file that includes others."""
        self._first = first
        self.problems: list[Problem] = []
        self.meanings: dict[Section, Meaning] = {}
        self.paths: dict[Section, list[Section]] = {}
        self.groups: dict[Section, dict[str, list[Section]]] = {}
        self.chains: dict[Section, Section] = {}
        self.instead: dict[Problem, Problem] = {}
        self.meant: dict[Section, set[str]] = {}
        self._kinds = kinds
        self._front = {**front, **FRONT}
        self._named: dict[str, Section] = {}
        self._implied: dict[str, Section] = {}
        self._strange: set[str] = set()
        self._fitting = Fitting(self._named, self.meanings, kinds)
        given = list(sections)
        self._titles = {section.title for section in given}
        for section in given:
            self._take(section)
        if not self.role("dotchain"):
            self._take(Section("dotchain", "", 1, Path()))
        for section in self.role("chain"):
            self.paths[section] = self._path(section)
        for section in self.role("stage") + self.role("upstream"):
            self._link(section)
        for section in self.role("front"):
            self._lead(section)

    def role(self, role: str) -> list[Section]:
        """The sections of one role, in the order of the file."""
        return [section for section in self.meanings if section.role == role]

    @property
    def naming(self) -> set[str]:
        """The keys that name sections."""
        return {"chain", "path"}.union(*(each.asking for each in self.meanings.values()))

    def following(self, section: Section) -> list[tuple[str, Section]]:
        """Whom a chain, a group or a stage names, each with the key that does."""
        keys = self.groups.get(section) or {"path": self.paths.get(section, [])}
        return [(key, each) for key, named in keys.items() for each in named]

    def blame(self, section: Section, key: str, name: str, text: str) -> Problem:
        """What is wrong with a name that a key has, in the line that has it."""
        reader = self.meanings[section].asking.get(key)
        words = (reader.words if reader else listed)(section.values.get(key, ""))
        told = section.problem(key, text)
        return told._replace(line=next((word.line for word in words if word == name), told.line))

    def _complain(self, section: Section, key: str, text: str, word: Value | None = None) -> None:
        """@param word: the one of the value that is wrong."""
        told = section.problem(key, text)
        self.problems.append(told._replace(line=word.line) if word is not None and word.line else told)

    def _take(self, section: Section) -> None:
        if section.role not in ROLES:
            self._strange.add(section.name)
            hint = close(section.role, ROLES, lambda role: self._isFree(role, section.name))
            known = f"unknown role{hint} (known are: {', '.join(ROLES)})"
            self._complain(section, "", INCLUDE if section.role == "include" else known)
            return
        if section.role == "dotchain" and section.name:
            self._complain(section, "", "takes no name; write [dotchain]")
        elif section.role != "dotchain" and not section.name:
            self._complain(section, "", f"has no name; write [{section.role} NAME]")
        self._register(section)
        meaning = self._meaning(section)
        if meaning:
            self.meanings[section] = meaning
            self.problems += section.part(lambda each: each.key in meaning.options)
            self._checkKeys(section, meaning)

    def _isFree(self, role: str, name: str) -> bool:
        """Whether a section could have this role and name."""
        return f"{role} {name}".strip() not in self._titles and not (role == "dotchain" and name)

    def _register(self, section: Section) -> None:
        """Paths name stages, upstreams and chains by their name alone, so it must be unique."""
        if section.role not in ("stage", "upstream", "chain") or not section.name:
            return
        first = self._named.setdefault(section.name, section)
        if first is not section:
            where = first.spot(section.file, self._first)
            self._complain(section, "", f"[{first.title}] in {where} has this name; choose another")

    def _meaning(self, section: Section) -> Meaning | None:
        if section.role == "dotchain":
            return Meaning(DAEMON)
        if section.role == "front":
            return Meaning(self._front)
        if section.role in ("chain", "test"):
            return Meaning(CHAIN if section.role == "chain" else TEST)
        base = STAGE if section.role == "stage" else UPSTREAM
        self.problems += section.part(lambda each: each.within == "kind")
        word = section.kind
        try:
            kind = self._kinds.find(word, section.role)
        except KindError as error:
            bare = section.role == "stage" and "kind" not in section.values
            self._complain(section, "kind", f"{error}{'; add kind = block or another' if bare else ''}")
            return None
        if kind.role != section.role:
            self._complain(section, "kind", f"{word!r} is a kind of {kind.role}, not of {section.role}")
            return None
        return Meaning({**base, **kind.options}, kind)

    def _checkKeys(self, section: Section, meaning: Meaning) -> None:
        meant: set[str] = set()
        for key in section.values:
            if key not in meaning.options:
                meant.update(get_close_matches(key, meaning.options, 1))
                self._unknown(section, key, meaning)
        for key, option in meaning.options.items():
            if option.default is REQUIRED and key not in section.values and key not in meant:
                self._complain(section, key, f"is missing: {option.doc}")
        if meant.difference(section.values):
            self.meant[section] = meant.difference(section.values)

    def _unknown(self, section: Section, key: str, meaning: Meaning) -> None:
        known = ", ".join(meaning.options)
        told = f"unknown key{close(key, meaning.options)} ({_whose(section, meaning)} knows: {known})"
        if key in section.guessed:
            self.instead.update([section.guessed[key]])
        else:
            self._complain(section, key, KEYS.get(key, told))

    def _path(self, chain: Section) -> list[Section]:
        text = chain.values.get("path")
        if text is None:
            return []
        words = listed(text)
        if not words:
            self._complain(chain, "path", "is empty; it ends with an upstream or a chain")
        nodes = [self._node(word, chain, "path", ("stage",), words) for word in words[:-1]]
        nodes += [self._node(word, chain, "path", ("chain", "upstream"), words) for word in words[-1:]]
        for node in nodes[:-1]:
            if node and node.role != "stage":
                self._complain(chain, "path", f"{node.name!r} is {_a(node)}, which only ends a path")
        if nodes and nodes[-1] and nodes[-1].role == "stage":
            self._complain(
                chain, "path", f"{nodes[-1].name!r} is a stage; a path ends with an upstream or a chain"
            )
        return [node for node in nodes if node]

    def _link(self, section: Section) -> None:
        """Find the resolvers that a group, or a stage, asks by itself."""
        for key, reader in self.meanings[section].asking.items():
            default = self.meanings[section].options[key].default
            text = section.values.get(key, default if isinstance(default, str) else None)
            if text is not None and key not in self.groups.get(section, ()):
                self.groups.setdefault(section, {})[key] = self._over(section, key, text, reader)

    def _over(self, group: Section, key: str, text: str, reader: Naming) -> list[Section]:
        words = reader.words(text)
        found: dict[Section, None] = {}
        for word in words:
            node = self._node(word, group, key, reader.roles, words if reader.once else ())
            if node and node.role in reader.roles:
                found[node] = None
            elif node:
                named = f"{key} names {' and '.join(f'{role}s' for role in reader.roles)}"
                wrong = f"{node.name!r} is {_a(node)}, and {named}: {_REMEDIES[node.role]}"
                self._complain(group, key, wrong, word)
        return [*found]

    def _node(
        self, name: Value, owner: Section, key: str, roles: tuple[str, ...], there: Sequence[str]
    ) -> Section | None:
        """
        The section that a word of another one's key names; one of these roles would be right.

        @param there: the words that must not stand there again.
        """
        found = self._named.get(name) or self._implied.get(name)
        if found or name in self._strange:
            return found
        try:
            kind = self._kinds.find(name)
        except KindError as error:
            doubtful = "." in name or name in self._kinds.names
            hint = self._fitting.hint(name, owner, roles, there)
            unknown = f"{name!r} is neither a section nor a kind{hint}"
            self._complain(owner, key, address(name) or (str(error) if doubtful else unknown), name)
            return None
        blamed = owner.problem(key, "")
        line, file = name.line or blamed.line, blamed.file
        given = {"kind": Value.at(name, owner.folder, line, file=file)}
        implied = Implied(kind.role, name, line, owner.folder, given, file=file, owner=owner, within=key)
        base = STAGE if kind.role == "stage" else UPSTREAM
        self._implied[name] = implied
        self.meanings[implied] = Meaning({**base, **kind.options}, kind)
        self._checkKeys(implied, self.meanings[implied])
        self._link(implied)
        return implied

    def _lead(self, front: Section) -> None:
        name = front.values.get("chain")
        found = self._named.get(name or "")
        if found and found.role == "chain":
            self.chains[front] = found
        elif found:
            self._complain(
                front, "chain", f"{name!r} is {_a(found)}; name a chain, whose path may be just that"
            )
        elif name is not None and name not in self._strange:
            there = f"no section [chain {name}]" + close(name, [each.name for each in self.role("chain")])
            self._complain(front, "chain", f"there is {there}" if name else "is empty; name a chain")


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
        text = Value.at(str(option.default), section.folder, section.line, file=section.file)
    return option.read(text)


def values(section: Section, meaning: Meaning) -> tuple[dict[str, Any], list[Problem]]:
    """All values of a section as its constructor takes them, and what is wrong with any."""
    found: dict[str, Any] = {}
    problems = []
    for key, option in meaning.options.items():
        try:
            if key in section.values or option.default is not REQUIRED:
                found[key.replace("-", "_")] = value(section, key, option)
        except BUGS as error:
            default = f"the default of kind {section.kind!r}, {option.default!r}: "
            whose = "" if key in section.values else default
            problems += [each._replace(text=whose + each.text) for each in _unread(section, key, error)]
    return found, problems


def _unread(section: Section, key: str, error: BaseException) -> list[Problem]:
    """What is wrong with a value, be it that its reader is."""
    if isinstance(error, OSError):
        return [section.problem(key, unusable(error))]
    if isinstance(error, LineError):
        told = [(each.line, section.problem(key, str(each))) for each in (error, *error.more)]
        return [each._replace(line=line or each.line) for line, each in told]
    if isinstance(error, ValueError | TLSFileError):
        return [section.problem(key, str(error) or blame(error))]
    return [fault(section, "its value can't be read", error, key)]
