"""The status page in Chromium while queries come, and C{dotchain top} beside it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .asking import query
from .browser import Browser, browser
from .daemon import until
from .dotchain import Dotchain, dotchainCommand
from .ports import HOST, freePort

ZONE = "$ORIGIN example.org.\n@ 60 IN SOA ns hostmaster 1 1h 1h 1h 60\n@ IN NS ns\n* 60 IN A 192.0.2.1\n"


class Watched(Dotchain):
    """An aggregator, its server, a branch that leads to nobody, and a site."""

    # Workers beside a browser, on a machine that may be busy.
    startsWithin = 40.0

    def __init__(self, folder: Path, workers: int = 1) -> None:
        self.port, self.tls, self.web = freePort(), freePort(), freePort()
        super().__init__(
            folder,
            f"""
[dotchain]
web = {self.url}
workers = {workers}
[front lan]
listen = udp://{HOST}:{self.port} tcp://{HOST}:{self.port}
chain = home
[front dot]
listen = tls://{HOST}:{self.tls}
certificate = a.crt
key = a.key
self-signed = localhost
chain = server
[chain home]
path = route cache coalesce proxy
[stage route]
rules = corp.test -> office
[upstream proxy]
address = tls://{HOST}:{self.tls}
pin-sha256 = a.crt
[upstream office]
address = tcp://{HOST}:{freePort()}
timeout = 500ms
[chain server]
path = zone
[upstream zone]
kind = zone
file = z.zone
""",
        )

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.web}/"

    def configure(self) -> None:
        """With its zone."""
        (self.folder / "z.zone").write_text(ZONE)
        super().configure()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all."""
    with browser(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture(scope="module")
def load(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A daemon that is asked while all tests run."""
    with Watched(tmp_path_factory.mktemp("load")) as daemon, asked(daemon.port):
        yield daemon


@contextmanager
def asked(port: int) -> Iterator[None]:
    """Ask 50 names a second as long as the block goes on, two minutes at the most."""
    over = threading.Event()

    def ask() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for number in range(6000):
                client.sendto(query(f"n{number % 200}.example.org").to_wire(), (HOST, port))
                if over.wait(0.02):
                    return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def rate(chromium: Browser) -> float:
    """Queries a second, as the page has them."""
    return float(chromium.run("return document.querySelector('main').dataset.rate") or 0)


def test_live(chromium: Browser, load: Watched) -> None:
    """Figures move while queries come, focus stays where it is, and nothing is asked of anybody else."""
    chromium.look(load.url)
    chromium.complaints(), chromium.origins()
    chromium.run("document.querySelector('.card a').focus()")
    focused = chromium.run("return document.activeElement.outerHTML")
    until(lambda: rate(chromium) > 10)
    until(lambda: "All is well: 2 fronts serve, 1 of 1 upstream answers" in chromium.text("#sentence"))
    assert chromium.run("return document.querySelectorAll('.edges path').length") == 4
    assert "TLSv1.3, authenticated by its pin" in chromium.text("main")
    assert chromium.run("return document.activeElement.outerHTML") == focused
    assert chromium.run("return document.querySelector('#said').textContent") == ""
    assert chromium.complaints() == []
    assert chromium.origins() == {f"{HOST}:{load.web}"}


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True), (320, False)])
def test_everybody(chromium: Browser, load: Watched, width: int, dark: bool) -> None:
    """Wide and narrow, light and dark: nothing is wider than the screen, nor in anybody's way."""
    chromium.look(load.url, width, dark)
    until(lambda: rate(chromium) > 0)
    assert chromium.run("return document.documentElement.scrollWidth") <= width
    assert chromium.barriers() == []


FOCUSED = """
    const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
    return [
        [...document.querySelectorAll("a")].indexOf(at),
        style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2
            && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight,
    ];
"""
"""Which link has the focus, and whether that is to be seen."""


@pytest.mark.parametrize("width", [1280, 360])
def test_keyboard(chromium: Browser, load: Watched, width: int) -> None:
    """The tab key goes from each link to the next one, and each shows that it is meant."""
    chromium.look(load.url, width)
    links = chromium.run("return document.querySelectorAll('a').length")
    found = []
    for _ in range(links):
        chromium.press("TAB")
        found.append(chromium.run(FOCUSED))
    assert found == [[place, True] for place in range(links)]
    assert chromium.run("return document.querySelectorAll('[tabindex], button, input, summary').length") == 0


def test_skip(chromium: Browser, load: Watched) -> None:
    """The first link leads past all those of the chain."""
    chromium.look(load.url)
    chromium.press("TAB")
    chromium.press("ENTER")
    chromium.press("TAB")
    assert chromium.run("return document.activeElement.getAttribute('href')") == "/api/"


def test_withoutScript(chromium: Browser, load: Watched) -> None:
    """Without JavaScript it has the figures, too."""
    chromium.look(load.url, script=False)
    found = chromium.driver.page_source
    assert "2 fronts serve" in found
    assert "http-equiv" in found
    chromium.look("about:blank")


def test_down(chromium: Browser, tmp_path: Path) -> None:
    """An upstream that is down is told in words, to screen readers too; and a daemon that is gone."""
    with Watched(tmp_path / "d") as daemon, asked(daemon.port):
        chromium.look(daemon.url)
        until(lambda: rate(chromium) > 0)
        dotchainCommand("query", "a.corp.test", f"@{HOST}#{daemon.port}")
        until(lambda: "upstream office: does not answer" in chromium.text("#said"))
        assert chromium.run("return document.querySelectorAll('.edges path.broken').length") == 1
        assert chromium.run("return document.title").startswith("✕")
        assert chromium.barriers() == []
    until(lambda: chromium.run("return !document.querySelector('#stale').hidden"))
    assert "does not answer" in chromium.text("#stale")
    assert chromium.barriers() == []


def test_workers(chromium: Browser, tmp_path: Path) -> None:
    """With workers it is of all of them, and so is dotchain top."""
    with Watched(tmp_path / "d", workers=2) as daemon, asked(daemon.port):
        chromium.look(daemon.url)
        until(lambda: rate(chromium) > 10)
        assert "worker 2" in chromium.text("main")
        words = ("top", "--json", "--once", "--interval", "1s", "--config", str(daemon.config))
        found = json.loads(dotchainCommand(*words, RUNTIME_DIRECTORY=str(daemon.folder)).stdout)
        assert found["rates"]["fronts"]["lan"]["udp"]["queries"] > 10
