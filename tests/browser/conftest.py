"""Fixtures for tests that drive the lab in a browser. See lab.py for what `lab` can do."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from lab import BROWSER_FLAGS, BROWSERS, ROOT, LabPage, LabServer, find_browser
from playwright.sync_api import sync_playwright

from classroom import course


@pytest.fixture(scope="session")
def browser():
    """A headless browser of this machine; without one, its tests are skipped."""
    path = find_browser()
    if path is None:
        pytest.skip(f"no browser here: install one of {', '.join(BROWSERS)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def my():
    """A reader's folder. JupyterLab shows nothing outside the course's folder, so it lies in build/."""
    (ROOT / "build").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="my-", dir=ROOT / "build"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(browser, my, tmp_path_factory):
    """A running `nextword lab`, shared by all tests of the session."""
    server = LabServer(tmp_path_factory.mktemp("lab"), my)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def context(browser):
    """One reader's browser: JupyterLab's megabytes are fetched once, and not for each test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def lab(context, server, request):
    """A fresh tab on the lab; after a test its last look lies in artifacts/."""
    lab = LabPage(context.new_page(), server.address)
    yield lab
    lab.screenshot(request.node.name)
    lab.stop_kernels()
    lab.page.close()


@pytest.fixture
def opened(lab, my):
    """Open a copy of one of the course's notebooks, so that a save does not touch the course.

    Gives a function that takes a folder and a lesson, and gives one from a cell's id to its place.
    """

    def open_copy(folder: str, name: str):
        lesson = course.find(name)
        copy = my / f"{folder}_{lesson.file}"
        shutil.copy(course.path(folder, lesson), copy)
        lab.open_notebook(f"build/{my.name}/{copy.name}")
        cells = json.loads(copy.read_text(encoding="utf-8"))["cells"]
        return {cell["id"]: place for place, cell in enumerate(cells)}.__getitem__

    return open_copy
