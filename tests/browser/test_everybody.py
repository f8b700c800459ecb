"""The course for everybody, in a real browser: heard, by keyboard, on a dark page, in a narrow window."""

import nbformat
import pytest
from axe import faults, faults_of_cells
from lab import ROOT, RUN, wait_until
from nbformat.v4 import new_code_cell, new_notebook

NOT_OURS = "import ipywidgets\nipywidgets.IntSlider()"  # which axe rightly finds fault with
WIDGETS = [
    f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import torch
from classroom.display import figures
from classroom.lessons.attention import widgets as attention
from classroom.lessons.dpo import widgets as dpo
from classroom.lessons.embeddings import widgets as embeddings
from classroom.lessons.generation import widgets as generation
from classroom.lessons.instruction_tuning import widgets as instruction_tuning
from classroom.lessons.meet_the_machine import scramble, widgets as meet_the_machine
from classroom.lessons.ppo import widgets as ppo
from classroom.lessons.recurrence import widgets as recurrence
from classroom.lessons.reward_hacking import widgets as reward_hacking
from classroom.lessons.reward_model import widgets as reward_model
from classroom.lessons.reward_model.flags import Flagging
from classroom.lessons.sampling import widgets as sampling
from classroom.lessons.scale import widgets as scale
from classroom.lessons.tokens import widgets as tokens
from classroom.lessons.verifiable_rewards import widgets as verifiable_rewards
from nextword.generation import SamplingConfig
from nextword.overoptimization import Point
from tests.lessons.attention.test_widgets import TOK, explorer, place
from tests.lessons.embeddings.test_widgets import WORDS
from tests.lessons.meet_the_machine.test_widgets import REAL, Parrot
""",
    """
drawing, ax = figures.figure("A finding")
ax.plot([1, 2, 3])
figures.show(drawing, "It rises from 1 to 3, in words that are many, and so they stand on two lines or on more.")
""",
    "sampling.pin_and_ruler(torch.linspace(3, 0, 40), [f'word{i}' for i in range(40)])",
    "banks = torch.linspace(0, 0.25, 31).repeat(3, 1)\nattention.your_bank(place, banks, -banks, 'river bank')",
    "embeddings.your_ruler(WORDS, 'cat cats: one two swan swans river bank zero')",
    "explorer('the swan and the duck and the duckling went')",
    "tokens.what_it_sees(TOK)",
    "scramble.dial([scramble.Heard(0, ' duckling', 1.1), scramble.Heard(1, ' ug ug', 9.1)], 'A', 3.8)",
    "recurrence.reading(3)",
    "scale.how_long(5e10)",
    "generation.guesses(TOK, TOK.encode('one two three one'), TOK.encode(' two three four' * 9), (1, 4), 4)",
    "instruction_tuning.manners([instruction_tuning.Moment(n, 3.0, 1.6, 'The film. ' * 19) for n in (0, 5)], 1)",
    "reward_model.best_of(['A', 'B'], ['A film. ' * 9] * 8, torch.rand(2, 4), torch.rand(2, 4), 1)",
    "Flagging([('A', f'A {what} film ' + 'that goes on and on ' * 9, 'A film.') for what in ('good', 'bad')])",
    "ppo.credit('the film is a long and wonderful surprise .'.split(), torch.linspace(-1, 1, 9), 1.2)",
    "dpo.price(('fed the duck', 'sat'), torch.tensor([0.5, 0.5]), torch.tensor([1.0, 0.0]))",
    "verifiable_rewards.answers([verifiable_rewards.Stage(1, ('7*3+8+5*7*3=1,9,4,8,4', '1+1=3'))], 0)",
    "reward_hacking.climb([Point(n, n, 1.0, 0.9, 1.0) for n in (0, 4)], ['The hen fed the cat. ' * 9] * 2, 1)",
    "meet_the_machine.next_word(Parrot(' girl', ' boy', '\\n', ' duckling'), 'Once upon a time')",
    "meet_the_machine.chat_window(REAL, 'Be brief.', SamplingConfig(max_new=14))",
]
TOO_WIDE = """
() => {
    const panel = document.querySelector('.jp-MainAreaWidget:not(.lm-mod-hidden) .jp-Notebook');
    const right = (element) => Math.round(element.getBoundingClientRect().right);
    const scrolls = (element) => element.closest('[role=region], .nextword-heard') !== null;
    return [...panel.querySelectorAll('.jp-OutputArea-output')].flatMap((output) => [
        ...output.querySelectorAll('img, input, textarea, button, p, .nextword-slider, .nextword-spoken, table'),
    ].filter((part) => part.checkVisibility() && !scrolls(part) && right(part) > right(output))
     .map((part) => `${part.outerHTML.slice(0, 150)}: ${right(part)} of ${right(output)}`));
}
"""
FOCUS = """
() => {
    const focus = document.activeElement, look = getComputedStyle(focus);
    return { text: focus.textContent, ring: `${look.outlineStyle} ${look.outlineWidth}` };
}
"""


@pytest.fixture
def widgets(lab, my):
    """Widgets of the course over small machines, in one notebook that has run."""
    cells = [new_code_cell(source.strip()) for source in (*WIDGETS, NOT_OURS)]
    nbformat.write(new_notebook(cells=cells), my / "widgets.ipynb")
    lab.open_notebook(f"build/{my.name}/widgets.ipynb")
    lab.run_all()
    assert lab.output_errors() == []
    return lab


def test_axe_on_the_welcome(lab):
    lab.panel().locator(".jp-RenderedMarkdown h1").wait_for(timeout=30_000)
    assert faults(lab) == []


def test_nothing_is_cut_in_a_narrow_window(widgets):
    for width in (1280, 700, 390):
        widgets.resize(width)
        for number in range(1, len(WIDGETS)):
            widgets.show_cell(number)
            assert widgets.page.evaluate(TOO_WIDE) == [], (width, number)
            widgets.screenshot(f"everybody_{number}_{width}")
    widgets.resize(1280)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_axe_on_widgets(widgets, theme):
    widgets.theme(theme)
    found = faults_of_cells(widgets)
    widgets.theme("Light")
    [fault] = found
    assert (
        fault.startswith("aria-input-field-name") and "noUi-handle" in fault
    )  # axe does look: it is not ours


def test_a_slider_tells_its_value_and_keeps_the_keys(widgets):
    slider = widgets.panel().get_by_role("slider", name="head:")
    slider.focus()
    cell = widgets.page.evaluate("() => window.opened.content.activeCellIndex")
    for key, value in (
        ("Home", "0"),
        ("ArrowUp", "1"),
        ("End", "3"),
    ):
        slider.press(key)
        assert slider.get_attribute("aria-valuetext") == value
        widgets.panel().get_by_role("status").filter(has_text=f", head {value}.").first.wait_for()
    assert widgets.page.evaluate("() => window.opened.content.activeCellIndex") == cell
    assert widgets.page.evaluate(FOCUS)["ring"] == "solid 2px"
    assert widgets.panel().get_by_role("img", name="A finding. It rises from 1 to 3").is_visible()


def test_a_chat_by_keyboard(widgets):
    message = widgets.panel().get_by_label("you:")
    message.press_sequentially("Write.")
    message.press("Enter")
    heard = widgets.panel().locator(".nextword-spoken.nextword-heard")
    wait_until(lambda: "The machine" in heard.inner_text(), what="a reply that is read aloud")
    message.press("Tab")
    widgets.page.keyboard.press("Tab")
    assert widgets.page.evaluate(FOCUS) == {"text": "Stop", "ring": "solid 2px"}
    widgets.page.keyboard.press("Enter")
    widgets.page.wait_for_timeout(300)
    assert widgets.page.evaluate(FOCUS)["text"] == "Stop"
    widgets.panel().get_by_role("button", name="Show what the machine reads").press("Enter")
    widgets.says("<|im_start|>user")
    assert widgets.page.evaluate(FOCUS)["text"].startswith("Hide what the machine reads")
    widgets.show_cell(len(WIDGETS) - 1)
    assert all("noUi-handle" in fault for fault in faults(widgets))  # of the slider which is not ours


def test_keys_on_a_button_stay_there(widgets):
    keys = widgets.page.keyboard
    count = "() => window.opened.content.widgets.length"
    n = widgets.page.evaluate(count)
    for name in ("Start again", "Back", "Skip"):
        widgets.panel().get_by_role("button", name=name).first.focus()
        for key in "xabd":  # in JupyterLab: cut, a cell above, a cell below, and twice: delete
            keys.press(key)
        assert widgets.page.evaluate(FOCUS)["text"].startswith(name)
        assert widgets.page.evaluate(count) == n, name
    widgets.panel().get_by_role("button", name="Start again").focus()
    keys.press("Shift+Enter")  # runs the cell: the chat is another one
    widgets.page.wait_for_function("() => !document.activeElement.closest('.jp-OutputArea')")


@pytest.mark.parametrize("lesson", ["sampling", "transformer"])
def test_axe_on_a_lesson_as_it_is_stored(lab, opened, lesson):
    opened("notebooks", lesson)
    lab.ask(RUN, "notebook:show-all-cell-outputs")  # what is folded until it is guessed, too
    assert faults_of_cells(lab) == []


def test_axe_on_an_exercise_sheet(lab, opened):
    place = opened("exercises", "next_word")
    lab.run_cell(place("imports"))
    lab.run_cell(place("loss-yours"))
    lab.panel().locator(".jp-OutputArea-output").filter(has_text="to do").wait_for()
    assert faults_of_cells(lab) == []
