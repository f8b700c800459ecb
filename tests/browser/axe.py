"""Asks axe-core, the usual judge of accessible pages, about parts of the page that are ours.

What is JupyterLab's is left out by looking only inside `OURS`: its menus and tabs, the file browser, toolbars,
prompts and editors. What is judged inside: names, roles, keys, contrast, text for pictures.
"""

from pathlib import Path

import axe_playwright_python

SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js")
OURS = ".jp-RenderedMarkdown, .jp-OutputArea-output"
GRAVE = ("serious", "critical")
SHOWN = {"text/html", "application/vnd.jupyter.widget-view+json"}
RUN = """
async ([root, ours]) => {
    const parts = [...document.querySelectorAll(root)].flatMap((part) => [...part.querySelectorAll(ours)]);
    const include = parts.filter((part) => part.checkVisibility());
    if (!include.length) throw new Error(`nothing of ours is in ${root}`);
    const found = await window.axe.run({ include }, { resultTypes: ['violations'] });
    return found.violations.flatMap((fault) => fault.nodes.map((node) => ({
        id: fault.id, impact: node.impact, html: node.html.slice(0, 300), why: node.failureSummary,
    })));
}
"""


def faults(lab, root: str = ".jp-MainAreaWidget:not(.lm-mod-hidden)") -> list[str]:
    """Each serious or critical fault of what is ours below a CSS selector: its kind, where, and why."""
    if not lab.page.evaluate("() => 'axe' in window"):
        lab.page.evaluate(f"() => {{ {SCRIPT.read_text(encoding='utf-8')} }}")
    found = lab.ask(RUN, [root, OURS])
    return [f"{f['id']}: {f['html']}\n{f['why']}" for f in found if f["impact"] in GRAVE]


def faults_of_cells(lab, prose: int = 2) -> list[str]:
    """The faults of the open notebook's first cells of text, and of each that shows a figure, a widget or a card.

    Cell by cell: JupyterLab draws only those in sight.
    """
    cells = list(enumerate(lab.notebook()["cells"]))
    chosen = [number for number, cell in cells if cell["cell_type"] == "markdown"][:prose]
    chosen += [number for number, cell in cells if any(SHOWN & forms(o) for o in cell.get("outputs", []))]
    found = []
    for number in chosen:
        lab.show_cell(number)
        here = f'.jp-MainAreaWidget:not(.lm-mod-hidden) .jp-Cell[data-windowed-list-index="{number}"]'
        lab.page.locator(here).locator(OURS).first.wait_for()
        found += faults(lab, here)
    return found


def forms(output: dict) -> set[str]:
    """The forms in which an output shows itself."""
    return set(output.get("data", {}))
