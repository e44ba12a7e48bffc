"""What is asked and answered in tests of C{answers}."""

from __future__ import annotations

from dotchain.testing import makeQuery

WWW = "www.example.org."


ASKED = makeQuery(WWW)


PUBLIC = f"{WWW} 300 IN A 192.0.2.1"
