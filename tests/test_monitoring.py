"""etc/prometheus/ and etc/grafana/: what they ask for is what the daemon exports."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from twisted.trial.unittest import SynchronousTestCase

from dotchain.control.metrics.family import HISTOGRAM, SUMMARY
from dotchain.control.metrics.metrics import FAMILIES

from .interop.daemon import program

ROOT = Path(__file__).parents[1]
PROMETHEUS = ROOT / "etc" / "prometheus"
DASHBOARD = ROOT / "etc" / "grafana" / "dotchain.json"

# Prometheus gives every sample of a target these labels.
_TARGET = {"instance", "job"}
_SUFFIXES = {HISTOGRAM: ("_bucket", "_sum", "_count"), SUMMARY: ("_sum", "_count")}
_SELECTOR = re.compile(r"\b(dotchain_\w+)(?:\{([^}]*)\})?")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")


def exported() -> dict[str, set[str]]:
    """The labels of each name that a sample of ours may have."""
    found: dict[str, set[str]] = {}
    for family in FAMILIES.values():
        for suffix in _SUFFIXES.get(family.kind, ("",)):
            labels = {*family.labels, "le"} if suffix == "_bucket" else {*family.labels}
            found[family.exported + suffix] = labels | _TARGET
    return found


def wrong(expression: str) -> list[str]:
    """Names and labels of an expression that no sample has."""
    known, found = exported(), []
    used: set[str] = set()
    for name, selectors in _SELECTOR.findall(expression):
        labels = known.get(name)
        if labels is None:
            found.append(name)
            continue
        used |= labels
        found += [f"{name}: {label}" for label in _LABEL.findall(selectors) if label not in labels]
    by = {label.strip() for group in _GROUPED.findall(expression) for label in group.split(",")}
    return [*found, *(f"by {label}" for label in by - used)]


def expressions(panels: Any) -> Iterator[str]:
    """Those of all panels."""
    for panel in panels:
        yield from (target["expr"] for target in panel.get("targets", ()))


class WrongTests(SynchronousTestCase):
    """L{wrong}, which the others go by."""

    def test_wrong(self) -> None:
        """A name and a label that nobody exports are found."""
        self.assertEqual(wrong("rate(dotchain_front_queries[5m])"), ["dotchain_front_queries"])
        self.assertEqual(
            wrong('sum by (stage) (dotchain_front_queries_total{rcode="X",instance="a"})'),
            ["dotchain_front_queries_total: rcode", "by stage"],
        )
        self.assertEqual(wrong("sum by (le, front) (dotchain_front_latency_seconds_bucket)"), [])


class DashboardTests(SynchronousTestCase):
    """Grafana's."""

    def setUp(self) -> None:
        """The dashboard."""
        self.dashboard = json.loads(DASHBOARD.read_text())

    def test_expressions(self) -> None:
        """Every panel asks for names and labels that there are."""
        found = list(expressions(self.dashboard["panels"]))
        self.assertGreater(len(found), 40)
        for each in found:
            self.assertEqual(wrong(each), [], each)

    def test_legends(self) -> None:
        """Legends show labels that their expression has kept."""
        for panel in self.dashboard["panels"]:
            for target in panel.get("targets", ()):
                by = {
                    label.strip() for group in _GROUPED.findall(target["expr"]) for label in group.split(",")
                }
                self.assertEqual(set(re.findall(r"{{(\w+)}}", target["legendFormat"])) - by, set())

    def test_places(self) -> None:
        """No panel lies upon another one."""
        taken: set[tuple[int, int]] = set()
        for panel in self.dashboard["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
            }
            self.assertEqual(cells & taken, set(), panel["title"])
            taken |= cells

    def test_provisioned(self) -> None:
        """The file beside it has Grafana read it."""
        said = yaml.safe_load(DASHBOARD.with_suffix(".yaml").read_text())
        self.assertEqual((said["apiVersion"], said["providers"][0]["type"]), (1, "file"))


class AlertTests(SynchronousTestCase):
    """Prometheus's rules."""

    def setUp(self) -> None:
        """The rules."""
        (group,) = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
        self.rules = group["rules"]

    def test_expressions(self) -> None:
        """Every rule asks for names and labels that there are."""
        for rule in self.rules:
            self.assertEqual(wrong(rule["expr"]), [], rule["alert"])

    def test_tested(self) -> None:
        """Each rule has a case in which it fires."""
        cases = yaml.safe_load((PROMETHEUS / "alerts-test.yml").read_text())["tests"]
        fires = {
            case["alertname"] for each in cases for case in each["alert_rule_test"] if "exp_alerts" in case
        }
        self.assertEqual(fires, {rule["alert"] for rule in self.rules})


def test_promtool() -> None:
    """Prometheus itself takes the rules, and they fire where the cases say so and nowhere else."""
    promtool = program("promtool")
    for words in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts-test.yml")):
        done = subprocess.run(
            [promtool, *words], cwd=PROMETHEUS, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
