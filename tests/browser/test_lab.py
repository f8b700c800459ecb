"""The lab as a reader meets it: the welcome, nothing that pops up, and widgets that answer."""

import nbformat
import pytest
from lab import wait_until
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SLIDER_AND_PICTURE = """
import io
import ipywidgets
from matplotlib.figure import Figure

def draw(bars):
    figure, file = Figure(figsize=(4, 2)), io.BytesIO()
    figure.subplots().bar(range(bars), range(1, bars + 1))
    figure.savefig(file, format="png")
    return file.getvalue()

slider = ipywidgets.IntSlider(value=3, min=1, max=9, description="bars")
picture = ipywidgets.Image(value=draw(3))
slider.observe(lambda change: setattr(picture, "value", draw(change["new"])), names="value")
ipywidgets.VBox([slider, picture])
"""


@pytest.fixture
def small_notebook(my):
    """A notebook in the reader's folder that prints, shows a slider with a picture, and tells its threads."""
    cells = [
        new_markdown_cell("# A small notebook"),
        new_code_cell("print('it', 'runs')"),
        new_code_cell(SLIDER_AND_PICTURE),
        new_code_cell("import os\nos.environ['OMP_NUM_THREADS']"),
    ]
    path = my / "small.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return f"build/{my.name}/small.ipynb"


def test_the_welcome_opens_rendered(lab):
    welcome = lab.panel().locator(".jp-RenderedMarkdown")
    welcome.locator("h1", has_text="Start here").wait_for()
    assert lab.panel().locator(".cm-editor").count() == 0  # the source is not shown
    assert welcome.get_by_role("link", name="The next word").is_visible()


def test_nothing_pops_up_and_nothing_goes_wrong(lab):
    lab.panel().locator(".jp-RenderedMarkdown h1").wait_for()
    lab.page.wait_for_timeout(3000)  # the news pop-up would take about two
    assert lab.page.locator(".jp-Dialog, .Toastify__toast, .jp-toastContainer > *").count() == 0
    assert lab.problems == []


def test_a_slider_changes_a_picture(lab, small_notebook):
    lab.open_notebook(small_notebook)
    lab.run_all()
    assert lab.output_errors() == []
    lab.show_cell(2)
    before = lab.picture()
    assert before.startswith(b"\x89PNG")
    assert lab.move_slider("bars", steps=4) == "7"
    assert lab.wait_for_new_picture(before).startswith(b"\x89PNG")
    assert lab.problems == []


def test_outputs_are_read_as_text(lab, small_notebook):
    lab.open_notebook(small_notebook)
    lab.run_all()
    printed, _, threads = lab.outputs()
    assert printed.strip() == "it runs"
    assert threads == "'1'"  # one thread for each notebook, unless the reader sets it


def test_an_error_in_a_cell_is_seen(lab, my):
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), my / "wrong.ipynb")
    lab.open_notebook(f"build/{my.name}/wrong.ipynb")
    lab.run_all()
    assert lab.output_errors() == ["ZeroDivisionError: division by zero"]


def test_the_kernel_is_that_of_the_course(lab, my):
    import sys

    nbformat.write(new_notebook(cells=[new_code_cell("import sys\nprint(sys.prefix)")]), my / "which.ipynb")
    lab.open_notebook(f"build/{my.name}/which.ipynb")
    lab.run_all()
    wait_until(lambda: lab.outputs() == [sys.prefix + "\n"], what=f"the answer {sys.prefix}")
