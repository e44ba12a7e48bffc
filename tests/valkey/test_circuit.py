"""Tests of whether a server is worth being asked."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from dotchain.valkey.circuit import Circuit


class CircuitTests(SynchronousTestCase):
    """What breaks it, and what mends it."""

    def setUp(self) -> None:
        """One of a server that nothing is known of."""
        self.circuit = Circuit()

    def test_inARow(self) -> None:
        """So many in a row break it, once."""
        broke = [self.circuit.worse(1, "late") for _ in range(Circuit.BORNE + 2)]
        self.assertEqual(broke.index(True), Circuit.BORNE - 1)
        self.assertEqual(sum(broke), 1)
        self.assertEqual(self.circuit.broken, "late")

    def test_share(self) -> None:
        """Few among many in time don't; more do."""
        for among, breaks in ((Circuit.WEIGHT, False), (Circuit.WEIGHT - 1, True)):
            circuit = Circuit()
            for _ in range(100):
                circuit.worse(1, "late")
                for _ in range(among):
                    circuit.answered()
            self.assertEqual(bool(circuit.broken), breaks)

    def test_mended(self) -> None:
        """After a probe half as much is borne, and then as much as before."""
        self.circuit.worse(100, "late")
        self.circuit.mend()
        self.assertEqual(self.circuit.broken, "")
        self.assertFalse(self.circuit.worse(Circuit.BORNE // 2 - 1, "late"))
        self.assertTrue(self.circuit.worse(1, "late"))

    def test_values(self) -> None:
        """Where values are refused one is tried now and then."""
        self.assertTrue(self.circuit.refuseValues("OOM", 10.0))
        self.assertFalse(self.circuit.refuseValues("OOM", 10.0))
        self.assertFalse(self.circuit.tryValue(10.9))
        self.assertTrue(self.circuit.tryValue(11.0))
        self.assertFalse(self.circuit.tryValue(11.1))

    def test_renewed(self) -> None:
        """With a new connection all begins anew."""
        self.circuit.worse(100, "late")
        self.circuit.refuseValues("OOM", 10.0)
        self.circuit.renew()
        self.assertEqual((self.circuit.broken, self.circuit.refusal), ("", ""))
