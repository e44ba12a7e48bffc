"""Each format, beside a parser of its own for it, and at the size that lists have."""

from __future__ import annotations

import re

import dns.name
import dns.rdatatype
import dns.zone
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from measure.bench.lists import LINES, names, read

from .made import listed, wire

_LABELS = st.sampled_from(["a", "b", "ads", "ads1", "x-y", "xn--abc"])
_NAMES = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)
_ASKED = st.lists(_NAMES, min_size=1, max_size=8, unique=True)


def _lines(*shapes: str) -> st.SearchStrategy[str]:
    """A list of lines of these shapes, each with a name in it."""
    line = st.tuples(st.sampled_from(shapes), _NAMES).map(lambda each: each[0].format(each[1]))
    return st.lists(line, min_size=1, max_size=8).map("\n".join)


def _within(name: str, above: str) -> bool:
    return name == above or name.endswith(f".{above}")


class BesideOtherParsersTests(SynchronousTestCase):
    """What a list says is what a simple parser of its format says."""

    def _same(self, text: str, asked: list[str], theirs: list[str]) -> None:
        self.assertEqual(listed(f"{text}\n=sentinel.example", *asked), theirs)

    @given(_lines("0.0.0.0 {}", "127.0.0.1\t{} # b", "::1 {} other.example", "# 0.0.0.0 {}"), _ASKED)
    def test_hosts(self, text: str, asked: list[str]) -> None:
        """As a resolver reads /etc/hosts."""
        known = {word for line in text.split("\n") for word in line.split("#")[0].split()[1:]}
        self._same(text, asked, [name for name in asked if name in known])

    @given(_lines("{}", "*.{}", "={}", "# {}", "{} # c"), _ASKED)
    def test_domains(self, text: str, asked: list[str]) -> None:
        """As the page on lists says."""
        words = [line.split(" #")[0] for line in text.split("\n") if line[0] != "#"]
        exact = {word[1:] for word in words if word[0] == "="}
        within = {word.removeprefix("*.") for word in words if word[0] != "="}
        theirs = [name for name in asked if name in exact or any(_within(name, each) for each in within)]
        self._same(text, asked, theirs)

    @given(
        _lines(
            "||{}^",
            "|{}^",
            "||*.{}^",
            "@@||{}^",
            "@@|{}^|",
            "||a*.{}^",
            "||{}.*^",
            "! {}",
            "{}##.ad",
            "||{}^$client=x",
        ),
        _ASKED,
    )
    def test_adblock(self, text: str, asked: list[str]) -> None:
        """As Adblock's own documentation turns rules into regular expressions."""
        found: dict[bool, list[re.Pattern[str]]] = {True: [], False: []}
        for line in text.split("\n"):
            if line[0] == "!" or "##" in line or "$" in line:
                continue
            body = re.escape(line.removeprefix("@@")).replace(r"\^", "$").replace(r"\*", ".*")
            pattern = re.sub(r"^\\\|\\\|", r"(?:^|\\.)", body)
            pattern = re.sub(r"^\\\|", "^", pattern).replace(r"\|", "$")
            found[line.startswith("@@")].append(re.compile(pattern))
        theirs = [
            name
            for name in asked
            if any(each.search(name) for each in found[False])
            and not any(each.search(name) for each in found[True])
        ]
        self._same(text, asked, theirs)

    @given(
        _lines(
            "address=/{}/0.0.0.0",
            "address=/{}/b.ads/::",
            "server=/{}/",
            "local=/{}/",
            "server=/{}/#",
            "server=/{}/192.0.2.1",
        ),
        _ASKED,
    )
    def test_dnsmasq(self, text: str, asked: list[str]) -> None:
        """As dnsmasq's manual says."""
        settings = [re.fullmatch(r"(\w+)=/(.*)/([^/]*)", line) for line in text.split("\n")]
        parted = [(each[1], each[2].split("/"), each[3]) for each in settings if each]
        own = [name for key, domains, rest in parted if key == "address" or not rest for name in domains]
        usual = [name for key, domains, rest in parted if rest == "#" for name in domains]
        theirs = [
            name
            for name in asked
            if any(_within(name, each) for each in own) and not any(_within(name, each) for each in usual)
        ]
        self._same(text, asked, theirs)

    @given(
        _lines(
            *(
                "{} CNAME .",
                "*.{} CNAME *.",
                "{} 300 IN CNAME rpz-drop.",
                "*.{} IN CNAME rpz-passthru.",
                "{} CNAME rpz-passthru.",
            ),
            *("{}.rpz.example. CNAME .", "{} A 192.0.2.1", '*.{} TXT "; no comment" ; a comment'),
        ),
        _ASKED,
    )
    def test_rpz(self, text: str, asked: list[str]) -> None:
        """As dnspython reads the zone."""
        owners = [line.split()[0] for line in text.split("\n")]
        if len({each.removesuffix(".rpz.example.") for each in owners}) < len(owners):
            return
        head = "$ORIGIN rpz.example.\n@ 300 SOA a. b. 1 2 3 4 5\n@ NS a.\n"
        found: dict[bool, list[dns.name.Name]] = {True: [], False: []}
        for owner, node in dns.zone.from_text(f"$TTL 300\n{head}{text}\n").nodes.items():
            alias = node.get_rdataset(dns.rdataclass.IN, dns.rdatatype.CNAME)
            if owner != dns.name.empty:
                found[bool(alias and str(alias[0].target) == "rpz-passthru.")].append(owner)
        theirs = [
            name
            for name in asked
            if any(_triggers(each, name) for each in found[False])
            and not any(_triggers(each, name) for each in found[True])
        ]
        self.assertEqual(listed(f"{head}{text}\nsentinel.example CNAME .\n", *asked), theirs)


def _triggers(owner: dns.name.Name, name: str) -> bool:
    asked: dns.name.Name = dns.name.from_text(name, None)
    if not owner.is_wild():
        return bool(asked == owner)
    above = dns.name.Name(owner.labels[1:])
    return asked != above and bool(asked.is_subdomain(above))


class LongListTests(SynchronousTestCase):
    """Lists of 100,000 names."""

    def test_long(self) -> None:
        """Each name has its line, others are not listed, and 20 octets a name are kept."""
        asked = list(enumerate(names(100_000), 1))[::97]
        others = list(names(1000, first=100_000))
        for kind in LINES:
            found = read(kind, 100_000)[0]
            self.assertEqual((found.entries, found.skipped), (100_000, 0), kind)
            self.assertEqual(
                [found.names.find(wire(name)) for _, name in asked], [line for line, _ in asked], kind
            )
            self.assertFalse(any(found.names.find(wire(name)) for name in others), kind)
            self.assertLess(found.names.octets, 21 * 100_000)
