"""Drives the real lab in a real browser: starts `nextword lab`, opens notebooks, runs them, moves sliders.

def test_something(lab):            # the fixture is in conftest.py
    lab.open_notebook("notebooks/02_sampling.ipynb")
    lab.run_for("temperature-dial")
    assert lab.output_errors() == []
    lab.move_slider("temperature", steps=3)
    assert lab.problems == []

Seconds are those of a quiet machine; pace.py stretches them.
"""

import base64
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from needed import needed
from playwright.sync_api import Locator, Page

from tests import pace

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "artifacts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [  # a quiet browser that asks nobody anything, also as root in a container
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SECONDS_TO_START = 90


def find_browser() -> str | None:
    """The path of a browser that playwright can drive, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def wait_until(happens: Callable[[], object], seconds: float = 20, what: str = "it") -> None:
    """Ask again and again until it happens; fail after that many seconds."""
    end = time.monotonic() + pace.seconds(seconds)
    while not happens():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {seconds} seconds")
        time.sleep(0.1)


class LabServer:
    """`nextword lab` on a free port, with a reader's folder and Jupyter folders of its own.

    `deaf`: with SIGINT ignored from the beginning, as a script's `nextword lab &` hands it on.
    """

    def __init__(self, folder: Path, my: Path, deaf: bool = False):
        self.my = my
        self.said = folder / "said.txt"
        env = dict(os.environ, NEXTWORD_MY=str(my), NO_BROWSER="1")
        env |= {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
        env["IPYTHONDIR"] = str(folder / "ipython")
        self.env = env
        env.pop("CI", None)  # progress is not written there, and the lab's first page depends on it
        command = [str(Path(sys.executable).with_name("nextword")), "lab"]
        if deaf:
            command = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh", *command]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                command, env=env, cwd=folder, stdout=said, stderr=subprocess.STDOUT
            )
        self.address = self._wait_for_address()

    def _wait_for_address(self) -> str:
        """The address that the command prints for the reader."""
        end = time.monotonic() + pace.seconds(SECONDS_TO_START)
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S+", self.said.read_text()):
                return found[0]
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"`nextword lab` gave no address. It said:\n{self.said.read_text()}")

    def stop(self) -> int:
        """Press Ctrl-C; returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=pace.seconds(20))
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


class LabPage:
    """One tab on the lab. `problems` collects every error that the browser's console shows."""

    def __init__(self, page: Page, address: str):
        self.page = page
        self.problems: list[str] = []
        page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.set_default_timeout(pace.seconds(30) * 1000)
        page.goto(f"{address}&reset")  # without the tabs of the last test
        page.wait_for_function("() => window.jupyterapp !== undefined", timeout=pace.seconds(60) * 1000)
        first = re.search(r"/tree/([^?]+)", address)[1]
        page.wait_for_function(SHOWS, arg=first, timeout=pace.seconds(60) * 1000)

    # Opening and running

    def open_notebook(self, path: str) -> None:
        """Open a notebook, by its path below the course's folder, and wait until its kernel is there."""
        self.ask(OPEN_NOTEBOOK, path)

    def run_all(self, seconds: float = 120) -> None:
        """Run every cell and wait for the last. A cell with an error ends the run, as for a reader."""
        self.ask(RUN, "notebook:run-all-cells", seconds)
        self.wait_until_idle(seconds)

    def run_for(self, *ids: str, seconds: float = 120) -> None:
        """Run the cells with these ids and those that they need, in order, and wait for the last."""
        for number in needed(self.notebook()["cells"], *ids):
            self.run_cell(number, seconds)

    def run_cell(self, number: int, seconds: float = 60) -> None:
        """Run one cell, counted from 0 with the Markdown cells."""
        self.show_cell(number)
        self.ask(RUN, "notebook:run-cell", seconds)
        self.wait_until_idle(seconds)

    def wait_until_idle(self, seconds: float = 60) -> None:
        """Wait until the kernel has nothing left to do."""
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=pace.seconds(seconds) * 1000)

    def ask(self, script: str, argument: object = None, seconds: float = 60) -> object:
        """Call an async function in the page; fail, rather than wait for ever, if it does not answer."""
        return self.page.evaluate(IN_TIME % script, [argument, pace.seconds(seconds) * 1000])

    # Looking

    def notebook(self) -> dict:
        """The open notebook as it is now, outputs and all, in nbformat's shape."""
        return self.page.evaluate("() => window.opened.content.model.toJSON()")

    def outputs(self) -> list[str]:
        """The text of each code cell's outputs, in order; what a widget draws is not in it."""
        cells = [cell for cell in self.notebook()["cells"] if cell["cell_type"] == "code"]
        return ["\n".join(output_text(output) for output in cell["outputs"]) for cell in cells]

    def output_errors(self) -> list[str]:
        """Each error that a cell ended with."""
        outputs = [output for cell in self.notebook()["cells"] for output in cell.get("outputs", [])]
        return [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]

    def show_cell(self, number: int) -> None:
        """Scroll to a cell, counted from 0: JupyterLab draws only the cells near the window."""
        self.ask(SHOW_CELL, number)

    def screenshot(self, name: str) -> Path:
        """A picture of the window in artifacts/, for people to look at."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def stop_kernels(self) -> None:
        """End every kernel, so that the next test has the machine to itself."""
        self.ask("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")

    def theme(self, name: str) -> None:
        """JupyterLab's "Light" or "Dark"."""
        self.ask(CHANGE_THEME, f"JupyterLab {name}")
        dark = str(name == "Light").lower()
        self.page.wait_for_selector(f'body[data-jp-theme-light="{dark}"]', state="attached")

    def resize(self, width: int, height: int = 900) -> None:
        """Another size of the window, with the file browser folded away."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.ask("async () => window.jupyterapp.shell.collapseLeft()")

    # Widgets

    def panel(self) -> Locator:
        """The open document, without the tabs behind it."""
        return self.page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden)")

    def slider(self, label: str = "") -> Locator:
        """The slider with this text for a label; without one, the first."""
        sliders = self.panel().locator(".widget-slider")
        return sliders.filter(has_text=label).first if label else sliders.first

    def move_slider(self, label: str = "", steps: int = 1) -> str:
        """Move a slider by its arrow keys, left where steps are negative; returns what it reads then."""
        slider = self.slider(label)
        handle = slider.locator("input[type=range], .noUi-handle").first
        handle.focus()
        for _ in range(abs(steps)):
            handle.press("ArrowRight" if steps > 0 else "ArrowLeft")
        return slider.locator(".widget-readout").inner_text()

    def type_into(self, label: str, text: str, enter: bool = False) -> Locator:
        """Fill the box with this label, and press Enter if that is wanted; returns the box."""
        box = self.panel().get_by_label(label).first
        box.fill(text)
        if enter:
            box.press("Enter")
        return box

    def press(self, name: str) -> None:
        """Press the button with just this name."""
        self.panel().get_by_role("button", name=name, exact=True).first.click()

    def says(self, text: str | re.Pattern, seconds: float = 30) -> Locator:
        """The first HTML widget with this text in it, once it is there."""
        found = self.panel().locator(".widget-html:visible").filter(has_text=text).first
        found.wait_for(timeout=pace.seconds(seconds) * 1000)
        return found

    def picture(self, number: int = 0) -> bytes:
        """The bytes of a picture in a widget."""
        image = self.panel().locator("img.widget-image, .widget-html img").nth(number)
        return base64.b64decode(image.evaluate(IMAGE_AS_BASE64))

    def wait_for_new_picture(self, old: bytes, number: int = 0, seconds: float = 20) -> bytes:
        """Wait until an image widget shows something else; returns it."""
        wait_until(lambda: self.picture(number) != old, seconds, "a new picture")
        return self.picture(number)


def output_text(output: dict) -> str:
    """The text of one output: what was printed, shown or raised."""
    if output["output_type"] == "stream":
        return joined(output["text"])
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    return joined(output["data"].get("text/plain", ""))


def joined(text: str | list[str]) -> str:
    """nbformat allows a text to be a list of lines."""
    return "".join(text)


IN_TIME = """
([argument, milliseconds]) => Promise.race([
    (%s)(argument),
    new Promise((_, fail) => setTimeout(() => fail(new Error('no answer in time')), milliseconds)),
])
"""
SHOWS = """
(path) => {
    const context = window.jupyterapp.shell.currentWidget?.context;
    return context?.path === path && context.isReady;
}
"""
RUN = """
async (command) => {
    const app = window.jupyterapp;
    app.shell.activateById(window.opened.id);
    await app.commands.execute(command);
}
"""
OPEN_NOTEBOOK = """
async (path) => {
    const app = window.jupyterapp;
    const widget = await app.commands.execute('docmanager:open', { path });
    await widget.context.ready;
    await widget.sessionContext.ready;
    await widget.sessionContext.session.kernel.info;
    window.opened = widget;
}
"""
KERNEL_IS_IDLE = """
() => window.opened.sessionContext.session?.kernel?.status === 'idle'
"""
SHOW_CELL = """
async (number) => {
    const notebook = window.opened.content;
    notebook.activeCellIndex = number;
    await notebook.scrollToItem(number, 'start');
}
"""
CHANGE_THEME = """
async (theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })
"""
IMAGE_AS_BASE64 = """
async (image) => {
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
"""
