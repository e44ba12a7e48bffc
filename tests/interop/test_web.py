"""The web site, asked as monitoring and an orchestrator do, while dnsperf asks the fronts."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openMetrics
from prometheus_client.parser import text_string_to_metric_families as parsed

from dotchain.control.metrics.metrics import FAMILIES

from .asking import overUdp, texts
from .conftest import Credentials
from .daemon import WAITS, program, until
from .manyworkers import COUNT, Workers
from .ports import HOST, freePort
from .zone import writeZone

Labels = dict[str, str]


class Site:
    """A site at a port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def get(self, path: str, **headers: str) -> tuple[int, bytes, Any]:
        """Status, body and headers of a page."""
        request = urllib.request.Request(f"http://{HOST}:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=WAITS) as response:
                return response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def samples(self) -> list[tuple[str, Labels, float]]:
        """All samples of one scrape."""
        status, body, _ = self.get("/metrics")
        assert status == 200, body
        return [
            (each.name, each.labels, each.value)
            for family in parsed(body.decode())
            for each in family.samples
        ]

    def sum(self, name: str, **labels: str) -> float:
        """All samples of a name with these labels together."""
        wanted = labels.items()
        return sum(value for each, found, value in self.samples() if each == name and wanted <= found.items())


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, credentials: Credentials) -> Iterator[Workers]:
    """Four workers with a site, in front of a zone."""
    folder = tmp_path_factory.mktemp("web")
    port = freePort()
    end = f"kind = zone\nfile = {writeZone(folder)}"
    made = Workers(folder / "w", credentials, end, f"web = http://{HOST}:{port} unix:web.sock")
    made.web = Site(port)  # type: ignore[attr-defined]
    with made:
        yield made


@pytest.fixture
def web(daemon: Workers) -> Site:
    """Its site."""
    found: Site = daemon.web  # type: ignore[attr-defined]
    return found


def dnsperf(daemon: Workers, folder: Path) -> subprocess.Popen[str]:
    """Ask for two seconds, mostly for names that there are."""
    names = folder / "names"
    names.write_text("foo.example.org A\n" * 9 + "nothing.example.org A\n")
    words = ["-s", HOST, "-p", str(daemon.port), "-d", str(names), "-l", "2", "-c", "8", "-Q", "2000"]
    return subprocess.Popen([program("dnsperf"), *words], stdout=subprocess.PIPE, text=True)


def test_underLoad(daemon: Workers, web: Site, tmp_path: Path) -> None:
    """Scrapes cost no query; in the end the sum over all workers is what dnsperf has sent."""
    before = web.sum("dotchain_front_queries_total", front="clear", transport="udp")
    with dnsperf(daemon, tmp_path) as load:
        while load.poll() is None:
            assert web.get("/metrics")[0] == 200
            time.sleep(0.1)
        said = load.communicate()[0]
    sent = int(re.findall(r"Queries sent:\s+(\d+)", said)[0])
    assert re.findall(r"Queries lost:\s+(\d+)", said) == ["0"]
    time.sleep(0.6)
    counted = web.sum("dotchain_front_queries_total", front="clear", transport="udp") - before
    assert counted == sent > 1000
    answers = web.sum("dotchain_front_answers_total", front="clear", transport="udp")
    remembered = web.sum("dotchain_front_remembered_answers_total", front="clear", transport="udp")
    assert answers + remembered == before + sent
    assert web.sum("dotchain_front_answers_total", rcode="NXDOMAIN") > 0
    assert web.sum("dotchain_stage_self_seconds_count", stage="cache") > 0
    assert web.sum("dotchain_event_loop_lag_seconds_count") > 4


def test_format(web: Site) -> None:
    """Both formats parse, with names and labels that the page has alone; promtool has no objection."""
    wanted = {each.exported: {*each.labels} for each in FAMILIES.values()}
    for name, labels, _ in web.samples():
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert {*labels} - {"le"} == wanted[family if family in wanted else name], name
    status, body, headers = web.get(
        "/metrics", Accept="application/openmetrics-text;version=1.0.0,text/plain"
    )
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert len(list(openMetrics(body.decode()))) > 30
    text = web.get("/metrics")[1]
    done = subprocess.run(
        [program("promtool"), "check", "metrics"], input=text, capture_output=True, timeout=30, check=False
    )
    assert (status, done.returncode, done.stdout + done.stderr) == (200, 0, b"")


def test_private(daemon: Workers, web: Site) -> None:
    """No page has the name that was asked for, nor the address that asked."""
    assert texts(overUdp(daemon.port, "foo.example.org")) == ["192.0.2.1"]
    for path in ("/metrics", "/health", "/api/stats", "/api/upstreams", "/api/chain"):
        status, body, _ = web.get(path)
        assert status == 200
        assert b"foo.example" not in body
        assert b'"127.0.0.1"' not in body


def test_pages(web: Site) -> None:
    """Programs get the chain as it runs, and what the command would be told."""
    chain = json.loads(web.get("/api/chain")[1])
    assert [front["asks"] for front in chain["fronts"]] == [["stage cache"], ["stage cache"]]
    assert [(each["id"], each["asks"]) for each in chain["stages"]] == [("stage cache", ["upstream end"])]
    stats = json.loads(web.get("/api/stats")[1])
    assert set(stats["process"]["workers"]) == {str(number) for number in range(1, COUNT + 1)}


def test_refused(web: Site) -> None:
    """Other methods, bodies and others' names are refused; browsers are to take nothing from elsewhere."""
    status, _, headers = web.get("/health")
    assert (status, headers["X-Content-Type-Options"], headers["Server"]) == (200, "nosniff", None)
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert web.get("/health", Host="evil.example:8053")[0] == 403
    assert web.get("/nothing")[0] == 404
    for octets, refused in (
        (b"POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", b"405"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n", b"413"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"413"),
        (b"GET /health HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ):
        with socket.create_connection((HOST, web.port), WAITS) as client:
            client.sendall(octets)
            assert client.recv(100).split()[1] == refused, octets[:40]


def test_silent(web: Site) -> None:
    """A hundred connections that say nothing, or half of a request, keep nobody else out."""
    clients = [socket.create_connection((HOST, web.port), WAITS) for _ in range(100)]
    try:
        for client in clients[50:]:
            # Those that have had to give way are closed by now.
            with suppress(ConnectionError):
                client.sendall(b"GET /health HTTP/1.1\r\n")
        assert web.get("/health")[0] == 200
    finally:
        for client in clients:
            client.close()


def test_hangs(daemon: Workers, web: Site) -> None:
    """A worker that hangs is left out of a scrape, which says so, and health is bad until it goes on."""
    assert web.get("/health")[0] == 200
    hung = daemon.pids[2]
    os.kill(hung, signal.SIGSTOP)
    try:
        until(lambda: web.sum("dotchain_workers_answering") == COUNT - 1)
        assert web.sum("dotchain_workers") == COUNT
        assert web.get("/health")[0] == 503
    finally:
        os.kill(hung, signal.SIGCONT)
    until(lambda: web.get("/health")[0] == 200)
    until(lambda: web.sum("dotchain_workers_answering") == COUNT)
