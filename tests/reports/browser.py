"""A headless Chromium, driven by the DevTools protocol over a pipe; the standard library is enough.

    with Browser() as browser:
        page = browser.open(path, width=390, dark=True)
        page.evaluate("document.title")
        page.screenshot(Path("phone.png"))
        page.problems                        # what the page wrote to the console, and what it asked for

    /usr/bin/python3 -m tests.reports.browser REPORT.html FOLDER      # to look: both widths, light and dark
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe")
_PATIENCE = 60.0                   # seconds for one answer: the machine may be busy


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Browser:
    def __enter__(self) -> Browser:
        self._profile = tempfile.TemporaryDirectory(prefix="holdfast-chromium-", ignore_cleanup_errors=True)
        to_browser, self._out = _pipe()
        self._in, from_browser = _pipe()
        chromium = [find_chromium(), *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        command = ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", *chromium]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(to_browser, from_browser))
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._next, self.events = b"", 0, []
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(timeout=10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)
        self._profile.cleanup()

    def call(self, method: str, tab: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._next += 1
        message = {"id": self._next, "method": method, "params": parameters}
        if tab:
            message["sessionId"] = tab
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._next:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait_for(self, method: str) -> None:
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive())

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            if not select.select([self._in], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise RuntimeError(f"chromium did not answer within {_PATIENCE:g} s")
            part = os.read(self._in, 1 << 16)
            if not part:
                raise RuntimeError("chromium ended")
            self._buffer += part
        text, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(text)

    def open(self, path: Path, width: int, height: int = 900, dark: bool = False) -> Page:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        tab = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, tab, width, height)
        page.load(path, dark)
        return page


class Page:
    def __init__(self, browser: Browser, tab: str, width: int, height: int) -> None:
        self._browser, self._tab, self._width, self._height = browser, tab, width, height

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._tab, **parameters)

    def load(self, path: Path, dark: bool) -> None:
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self._resize(self._height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self._browser.events.clear()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self._browser.wait_for("Page.loadEventFired")

    def _resize(self, height: int) -> None:
        self.call("Emulation.setDeviceMetricsOverride", width=self._width, height=height,
                  deviceScaleFactor=1, mobile=self._width < 600)

    @property
    def problems(self) -> list[str]:
        """Everything in the console, every exception, and every request but the page itself."""
        found = []
        for event in self._browser.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
                found.append(json.dumps(parameters)[:500])
            elif method == "Network.requestWillBeSent" and parameters.get("type") != "Document":
                found.append(f"requested {parameters['request']['url']}")
        return found

    def evaluate(self, expression: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def screenshot(self, target: Path, top: int = 0, height: int | None = None) -> None:
        height = height or self.evaluate("document.documentElement.scrollHeight") - top
        clip = {"x": 0, "y": top, "width": self._width, "height": height, "scale": 1}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]
        target.write_bytes(base64.b64decode(data))


def _pipe() -> tuple[int, int]:
    """(read, write), both above 3 and 4, on which Chromium listens and answers."""
    ends = os.pipe()
    moved = tuple(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return moved


def _look(report: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        for width in (1280, 390):
            for dark in (False, True):
                page = browser.open(report, width, dark=dark)
                total = page.evaluate("document.documentElement.scrollHeight")
                for part, top in enumerate(range(0, total, 1600)):
                    name = f"{width}-{'dark' if dark else 'light'}-{part:02}.png"
                    page.screenshot(folder / name, top, min(1600, total - top))


if __name__ == "__main__":
    _look(Path(sys.argv[1]), Path(sys.argv[2]))
