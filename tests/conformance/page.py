"""The items as a page of the manual."""

from __future__ import annotations

import re

from .items import FAMILIES, HERE, VERDICTS, Item

PAGE = HERE.parents[1] / "docs" / "conformance.rst"

_HEAD = """\
Conformance
===========

What the RFCs, and good practice where they are silent, ask of a forwarder, and whether dotchain does it.
Each item that is held has tests of its name, which ask the daemon itself from outside, octets in and octets
out, over UDP, TCP and TLS and in each role that it concerns::

    python -m pytest tests/conformance -k TL01

This page is made of the rows in ``tests/conformance/items.txt`` by ``python -m tests.conformance``. A test
sees to it that it is up to date, and that nothing is said to be held that has no test.

Of {all} items {held} are held, {not held} are not, and {not applicable} does not apply. Those without which
dotchain would be of no use have a star. Sections of RFCs are told where they are certain.
"""

_TABLE = """
.. list-table::
   :header-rows: 1
   :widths: 8 45 22 25

   * - Item
     - What is asked
     - RFC
     - Held
"""


def page(rows: list[Item]) -> str:
    """The whole page."""
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in VERDICTS}
    text = _HEAD.format(all=len(rows), **counts)
    for family, (_, title) in FAMILIES.items():
        text += f"\n{title}\n{'-' * len(title)}\n{_TABLE}"
        text += "".join(_row(row) for row in rows if row.id.startswith(family))
    return text


def _row(row: Item) -> str:
    star = " \\*" if row.core else ""
    verdict = {"held": "yes", "not held": "**no**", "not applicable": "does not apply"}[row.verdict]
    why = f". {_coded(row.why)}" if row.why else ""
    return f"   * - {row.id}{star}\n     - {_coded(row.words)}\n     - {row.rfc}\n     - {verdict}{why}\n"


def _coded(text: str) -> str:
    """Names of pages and keys set apart."""
    return re.sub(
        r"[\w/]+\.rst|ecs-private|no_application_protocol|resolver\.arpa|home\.arpa", r"``\g<0>``", text
    )
