"""Fronts with C{self-signed}: their key and certificate are made where they don't exist yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path

from twisted.logger import Logger

from ..options import Value, path, paths, words
from ..quoted import name, split
from ..tls.errors import TLSFileError
from ..tls.issue import IP, selfSigned
from ..tls.pins import pinLine, pinsInFile
from ..tls.store import save
from .ini import Problem, Section
from .plan import Plan

_log = Logger("dotchain")

_KEYS = ("certificate", "key", "self-signed")


def provide(plan: Plan, scratch: Path | None) -> list[Problem]:
    """
    Make what is missing; what is there stays as it is.

    Before any upstream is built, as one may be pinned to such a certificate.

    @param scratch: make the files in here and not in their places, and let every value
        of the plan that names one name the one in here.
    @return: what could not be made.
    """
    moved: dict[Path, Path] = {}
    problems = []
    for front in plan.role("front"):
        if all(front.values.get(key) for key in _KEYS):
            problem = _provide(front, scratch, moved)
            problems += [problem] if problem else []
    for section in plan.meanings if moved else ():
        for key, value in section.values.items():
            section.values[key] = _move(value, moved)
    return problems


def _provide(front: Section, scratch: Path | None, moved: dict[Path, Path]) -> Problem | None:
    certificates, keys = (paths(front.values[name]) for name in ("certificate", "key"))
    found = [_pair(front, scratch, moved, *files) for files in zip(certificates, keys, strict=False)]
    return next((each for each in found if each), None)


def _pair(
    front: Section, scratch: Path | None, moved: dict[Path, Path], certificate: Path, key: Path
) -> Problem | None:
    there = [file for file in (certificate, key) if file.exists() or file in moved]
    if len(there) == 2:
        return None
    if there:
        lost = "certificate" if there == [key] else "key"
        text = f"is missing, while {there[0]} is there; bring both, or remove both to have new ones made"
        return front.problem(lost, text)
    if scratch is not None:
        for file in (certificate, key):
            moved[file] = scratch / f"{len(moved)}.pem"
    problem = _make(front, moved.get(certificate, certificate), moved.get(key, key))
    if problem is None and scratch is None:
        pin = pinLine(pinsInFile(certificate)[0].pin)
        _log.info("made {certificate} and {key}: {pin}", certificate=str(certificate), key=str(key), pin=pin)
    return problem


def _make(front: Section, certificate: Path, key: Path) -> Problem | None:
    try:
        names, addresses = _sort(words(front.values["self-signed"]))
        issued = selfSigned(names, addresses)
    except ValueError as error:
        return front.problem("self-signed", str(error))
    try:
        for file in (certificate, key):
            if not file.parent.exists():
                file.parent.mkdir(0o700, parents=True)
        save(issued, certificate, key)
    except TLSFileError as error:
        return front.problem("certificate" if error.path == certificate else "key", str(error))
    except OSError as error:
        return front.problem("certificate", f"{error.filename}: {error.strerror}")
    return None


def _sort(given: Iterable[str]) -> tuple[list[str], list[IP]]:
    """DNS names, and IP addresses."""
    names: list[str] = []
    addresses: list[IP] = []
    for word in given:
        try:
            addresses.append(ip_address(word))
        except ValueError:
            names.append(word)
    return names, addresses


def _move(value: Value, moved: Mapping[Path, Path]) -> Value:
    """The value with each path that was moved replaced."""
    whole = moved.get(path(value))
    if whole:
        return Value.at(str(whole), value.folder, value.line, file=value.file)
    given = split(value)
    named = [moved.get(value.folder / name(word)) for word in given]
    if not any(named):
        return value
    text = " ".join(str(to or word) for to, word in zip(named, given, strict=True))
    return Value.at(text, value.folder, value.line, file=value.file)
