"""Chromium without a window, as somebody would use it who looks at a page of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .daemon import program, unavailable


class Browser:
    """
    One browser.

    @ivar driver: selenium's.
    """

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def look(self, url: str, width: int = 1280, dark: bool = False, script: bool = True) -> None:
        """Open a page on a screen so wide, light or dark, with JavaScript or without."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._tell("Emulation.setEmulatedMedia", features=[scheme])
        self._tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        self._tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get(url)

    def _tell(self, command: str, **parameters: Any) -> None:
        self.driver.execute_cdp_cmd(command, parameters)

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script)

    def text(self, selector: str) -> str:
        """What stands in an element."""
        return str(self.run(f"return document.querySelector({json.dumps(selector)}).textContent"))

    def press(self, key: str) -> None:
        """
        Press a key, as somebody would who has nothing but a keyboard.

        @param key: its name in selenium's C{Keys}.
        """
        keys = module("selenium.webdriver.common.keys").Keys
        module("selenium.webdriver").ActionChains(self.driver).send_keys(getattr(keys, key)).perform()

    def complaints(self) -> list[str]:
        """What the console has had to say since the last time."""
        return [each["message"] for each in self.driver.get_log("browser")]

    def origins(self) -> set[str]:
        """Whom it has asked over the network since the last time."""
        found = [json.loads(each["message"])["message"] for each in self.driver.get_log("performance")]
        asked = [
            each["params"]["request"]["url"]
            for each in found
            if each["method"] == "Network.requestWillBeSent"
        ]
        return {urlsplit(url).netloc for url in asked if urlsplit(url).scheme != "data"}

    def barriers(self) -> list[str]:
        """What keeps people from using the page, as axe sees it: WCAG 2 at A and AA, contrast among it."""
        axe = module("axe_selenium_python").Axe(self.driver)
        axe.inject()
        found = axe.run()["violations"]
        return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def module(name: str) -> Any:
    """A module that comes with the extra C{test}; without it the test is skipped, or fails in CI."""
    try:
        return import_module(name)
    except ImportError:
        unavailable(f"{name} is not installed")


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that ends with the block; skips the test where there is none."""
    chromium, chromedriver = program("chromium"), program("chromedriver")
    webdriver = module("selenium.webdriver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    quiet = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={folder}",
    )
    for each in quiet:
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
