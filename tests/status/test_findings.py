"""Tests of what is told to be wrong, and how bad it is."""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from dotchain.status.finding import ERROR, WARNING
from dotchain.status.snapshot import Snapshot

from .figures import AT, address, front, group, process, snapshot, upstream

FRONT = "dotchain_front_certificate_expiry_timestamp_seconds"
UPSTREAM = "dotchain_upstream_certificate_expiry_timestamp_seconds"
GONE: Any = {"text": "TCP connection refused", "seconds-ago": 3.0}


class SentenceTests(SynchronousTestCase):
    """The one sentence that says how it is."""

    def test_well(self) -> None:
        """Fronts and upstreams are counted where nothing is wrong."""
        seen = snapshot({"a": upstream(x=address()), "b": upstream(x=address("idle"))})
        self.assertEqual(
            (seen.level, seen.sentence), ("well", "All is well: 1 front serves, 2 of 2 upstreams answer")
        )

    def test_notAsked(self) -> None:
        """An upstream that nobody has asked yet is not said to answer."""
        new = upstream(0, x=address("idle", answers=0))
        told = "All is well: 1 front serves, 1 upstream not asked yet"
        self.assertEqual(snapshot({"a": new}).sentence, told)
        both = snapshot({"a": new, "b": upstream(x=address())}).sentence
        self.assertEqual(both, "All is well: 1 front serves, 1 of 1 upstream answers, 1 not asked yet")

    def test_zones(self) -> None:
        """Upstreams that ask nobody are not counted."""
        self.assertEqual(snapshot({"zone": {"kind": "zone"}}).sentence, "All is well: 1 front serves")

    def test_worst(self) -> None:
        """The worst is told first, and how much there is besides."""
        ends = {FRONT: [[["dot"], AT.timestamp() + 8 * 86400]]}
        seen = snapshot({"b": upstream(x=address("down"))}, metrics=ends)
        told = "Something is wrong: upstream b: does not answer, and 1 thing more"
        self.assertEqual((seen.level, seen.sentence), (ERROR, told))

    def test_warned(self) -> None:
        """What works for now is no alarm."""
        seen = snapshot({"a": upstream(x=address("down"), y=address())})
        self.assertEqual(seen.level, WARNING)
        self.assertTrue(
            seen.sentence.startswith("It serves, but look after this: upstream a: 1 of 2 addresses fail")
        )


class UpstreamTests(SynchronousTestCase):
    """Upstreams that don't answer."""

    def findings(self, **upstreams: Any) -> list[tuple[str, str, str]]:
        """Level, subject and text of all."""
        return [each[:3] for each in snapshot(upstreams).findings]

    def test_down(self) -> None:
        """The last trouble, how long ago it was and when it is tried again are told."""
        down = address("down", trouble=GONE, **{"next-trial-seconds": 8.2})
        (found,) = snapshot({"a": upstream(x=down)}).findings
        self.assertEqual(found[:3], (ERROR, "upstream a", "does not answer"))
        self.assertEqual(
            found.detail, "tls://x:853 is down (TCP connection refused, 3 s ago), tried again in 8 s"
        )

    def test_refused(self) -> None:
        """Another server than the wanted one is told of with how to look at its key."""
        (found,) = snapshot({"a": upstream(x=address("refused"))}).findings
        self.assertIn("is not the server that is wanted", found.detail)
        self.assertIn("dotchain pin x#853", found.remedy)

    def test_outOfDate(self) -> None:
        """A server whose certificate has expired is not said to be another one: no key of his has changed."""
        late = {"text": "authentication failed: certificate expired on 2026-01-02", "seconds-ago": 3.0}
        (found,) = snapshot({"a": upstream(x=address("refused", trouble=late))}).findings
        self.assertIn("does not prove who it is", found.detail)
        self.assertIn("renew its certificate", found.remedy)

    def test_unresolved(self) -> None:
        """An upstream by name without an address has its trouble told."""
        (found,) = snapshot({"a": upstream(trouble="no bootstrap server answers")}).findings
        self.assertEqual(found[:3], (ERROR, "upstream a", "has no address"))
        self.assertEqual(found.detail, "no bootstrap server answers")

    def test_spare(self) -> None:
        """A member of a group is no alarm as long as another one is there."""
        found = self.findings(a=upstream(x=address("down")), both=group(a="down", b="healthy"))
        self.assertEqual([each[:2] for each in found], [(WARNING, "upstream a")])

    def test_noMember(self) -> None:
        """A group without any that answers is one."""
        found = self.findings(both=group(a="down", b="down"))
        self.assertEqual(found, [(ERROR, "group both", "none of its members answers")])

    def test_drained(self) -> None:
        """One that is drained, and was perhaps forgotten, is told with how to end it, whatever its state."""
        (found,) = snapshot({"a": {**upstream(x=address("down")), "drained": True}}).findings
        self.assertEqual(found[:3], (WARNING, "upstream a", "is drained, and gets no queries"))
        self.assertIn("dotchain undrain a", found.remedy)


class CertificateTests(SynchronousTestCase):
    """Certificates that end soon."""

    def told(self, days: float, family: str = FRONT) -> list[tuple[str, str]]:
        """What is told of one that has so many days left."""
        samples = [[["dot"], AT.timestamp() + days * 86400]]
        return [(each.level, str(each)) for each in snapshot(metrics={family: samples}).findings]

    def test_days(self) -> None:
        """Two weeks before the end there is a warning, three days before it an error."""
        self.assertEqual(self.told(14.5), [])
        self.assertEqual(self.told(12.5), [(WARNING, "front dot: its certificate ends in 12 days")])
        self.assertEqual(self.told(2.5), [(ERROR, "front dot: its certificate ends in 2 days")])
        self.assertEqual(self.told(-1), [(ERROR, "front dot: its certificate has expired")])

    def test_upstream(self) -> None:
        """So it is with those of upstreams."""
        self.assertEqual(self.told(1.5, UPSTREAM), [(ERROR, "upstream dot: its certificate ends in 1 day")])


class ServingTests(SynchronousTestCase):
    """Fronts and workers that don't serve."""

    def test_fronts(self) -> None:
        """A front that takes no queries is told of with why."""
        health = {"serving": False, "fronts": {"lan": "does not listen", "dot": "serves"}}
        (found,) = snapshot(health=health).findings
        self.assertEqual(found[:3], (ERROR, "front lan", "does not listen"))

    def test_draining(self) -> None:
        """One whose daemon has been told to end is no error: it does as it should."""
        health = {"serving": False, "fronts": {"lan": "takes no more queries"}}
        (found,) = snapshot(health=health).findings
        self.assertEqual(found[:2], (WARNING, "front lan"))
        self.assertIn("nothing new", found.text)

    def test_workers(self) -> None:
        """So is a worker that does not answer."""
        health = {"serving": False, "fronts": {}, "workers": {"serving": 4, "answer": 3}}
        (found,) = snapshot(health=health).findings
        self.assertEqual(found[:3], (ERROR, "workers", "1 does not answer"))


class ReloadTests(SynchronousTestCase):
    """Reloads that have failed."""

    def test_failed(self) -> None:
        """What keeps its old state is told with why and since when, and the lines that follow below."""
        failure = {"of": "/etc/x.ini", "reason": "1 error\nline 3", "at": "2027-03-04T05:01:07+00:00"}
        given: dict[str, Any] = {"reload-failures": [failure]}
        seen = snapshot(**given)
        (found,) = seen.findings
        text = "keeps its old state since a reload 5 min ago: 1 error"
        self.assertEqual(found[:3], (WARNING, "/etc/x.ini", text))
        self.assertEqual((found.remedy, found.detail), ("put it right; then dotchain reload", "line 3"))


class LoadTests(SynchronousTestCase):
    """Clients that are not served well."""

    def findings(self, **counted: Any) -> list[tuple[str, str]]:
        """What is told where a front has counted this in two seconds."""
        before = snapshot(fronts={"lan": {"udp": front(100)}})
        now = front(100 + counted.pop("queries", 100), **counted)
        seen = snapshot(before=before, fronts={"lan": {"udp": now}}, uptime=62.0)
        return [(each.level, each.text) for each in seen.findings]

    def test_failing(self) -> None:
        """A share of failures is told; one name in a hundred that fails is the Internet."""
        self.assertEqual(self.findings(failed=40), [(ERROR, "40 % of the queries fail")])
        self.assertEqual(self.findings(failed=10), [(WARNING, "10 % of the queries fail")])
        self.assertEqual(self.findings(failed=1), [])

    def test_shed(self) -> None:
        """So is what is over a limit."""
        ((level, text),) = self.findings(shed=3)
        self.assertEqual((level, text), (WARNING, "turns queries away, as too many wait for an answer"))

    def test_fullDisk(self) -> None:
        """A log of queries that loses lines is told; what a policy drops, or was lost before, is not."""
        counted = {"log": {"logged": 5, "dropped": 2}, "policy": {"decided": 1, "dropped": 1}}
        later = {"log": {"logged": 5, "dropped": 4}, "policy": {"decided": 9, "dropped": 9}}
        before = snapshot(stages=counted)
        (found,) = snapshot(before=before, stages=later, uptime=62.0).findings
        self.assertEqual(found[:3], (WARNING, "stage log", "loses what it is to write"))
        self.assertEqual(snapshot(before=before, stages=counted, uptime=62.0).findings, [])

    def test_before(self) -> None:
        """What failed before the last look is over."""
        before = snapshot(fronts={"lan": {"udp": front(100, failed=90)}})
        seen = snapshot(before=before, fronts={"lan": {"udp": front(200, failed=90)}}, uptime=62.0)
        self.assertEqual(seen.findings, [])

    def test_process(self) -> None:
        """A loop that is late and files that are nearly all open are told of each worker."""
        workers = {"1": process(), "2": process(**{"loop-lag-ms": 250.0, "open-files": 1000})}
        found = [str(each) for each in snapshot(workers=workers).findings]
        late, files = "is 250 ms behind, so answers come late", "has 1000 of 1024 files open"
        self.assertEqual(found, [f"worker 2: {late}", f"worker 2: {files}"])

    def test_faults(self) -> None:
        """A counter of a stage that can't be read is told."""
        seen = snapshot()
        line = "/etc/x.ini:3: [stage own] its counter a: KeyError"
        seen = Snapshot({**seen.told, "stats": {**seen.stats, "faults": [line, line]}}, AT, None)
        (found,) = seen.findings
        self.assertIn(line, str(found))
