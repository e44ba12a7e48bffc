"""The cases, and the tests of other folders that show what is not shown here."""

from __future__ import annotations

CASES = [f"A{number}" for number in range(1, 28)]

ELSEWHERE = {
    # Out of order, twice, late, one ID between many clients: no answer goes astray.
    "A10": (
        "tests/interop/test_misbehaving_upstream.py::test_oneAnswerEach",
        "tests/interop/test_misbehaving_upstream.py::test_lateHarmsNoOther",
        "tests/conformance/test_upstream.py::test_UP01",
        "tests/conformance/test_upstream.py::test_UP02",
    ),
    # Answers to another question are neither given nor kept.
    "A11": (
        "tests/interop/test_misbehaving_upstream.py::test_oneFailureEach",
        "tests/conformance/test_transparency.py::test_UP03",
        "tests/conformance/test_cache.py::test_CA07_unsolicited",
    ),
    # Twelve ways of TLS that must not do, and no fall back to clear text.
    "A14": (
        "tests/interop/test_authentication.py::test_refused",
        "tests/interop/test_authentication.py::test_neverClear",
        "tests/conformance/test_authentication.py::test_AU05",
    ),
    # Certificates and pins right and wrong, each refused with its own message.
    "A16": (
        "tests/interop/test_authentication.py::test_refused",
        "tests/interop/test_authentication.py::test_says",
        "tests/interop/test_authentication.py::test_accepted",
    ),
    # Upstreams by name, and bootstrap servers that die.
    "A18": (
        "tests/interop/test_bootstrap.py::test_coldStart",
        "tests/interop/test_bootstrap.py::test_withoutBootstrap",
        "tests/interop/test_bootstrap.py::test_bootstrapDies",
        "tests/interop/test_bootstrap.py::test_addressChanges",
    ),
    # Certificates that are not yet good, and names that set the clock.
    "A19": ("tests/interop/test_bootstrap.py::test_clock",),
    # Packets that are too large for a path that tells nobody.
    "A24": (
        "tests/interop/network/test_broken_paths.py::test_packetsTooBig",
        "tests/interop/network/test_broken_paths.py::test_maxSegment",
    ),
    # Clients that leave while they wait for a shared answer.
    "A26": ("tests/conformance/test_cache.py::test_CA10",),
}
"""Tests by the case that they show, or show more of."""
