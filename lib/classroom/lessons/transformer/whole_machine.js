// A picture as a grid of parts: one of them is chosen, by a click or by the arrow keys, and Python tells of it.
function render({ model, el }) {
  const picture = Object.assign(document.createElement("div"), { className: "nextword-picture" });
  const told = Object.assign(document.createElement("div"), { className: "nextword-told" });
  told.setAttribute("role", "region");
  told.setAttribute("aria-label", "the chosen part: its numbers and its code");
  picture.setAttribute("data-lm-suppress-shortcuts", "true"); // else up and down move to another cell

  const rows = () => [...picture.querySelectorAll('[role="row"]')].map((row) => [...row.children]);
  const chosen = () => picture.querySelector('[aria-selected="true"]');
  let wanted = null; // the place from left to right that up and down keep to

  const mark = () => {
    const parts = rows().flat();
    const now = parts.find((part) => part.dataset.part === model.get("part")) ?? parts[0];
    for (const part of parts) {
      part.setAttribute("aria-selected", String(part === now));
      part.setAttribute("tabindex", part === now ? "0" : "-1");
    }
  };
  const draw = () => {
    const had = picture.contains(document.activeElement); // a new picture would lose the focus
    picture.innerHTML = model.get("picture");
    mark();
    colour();
    if (had) chosen()?.focus({ preventScroll: true });
  };
  const tell = () => {
    told.innerHTML = model.get("told");
  };
  const colour = () => {
    const weights = model.get("weights");
    picture.querySelectorAll('[data-part^="word."] .nextword-area').forEach((area, place) => {
      area.style.fill = weights[place] ? `rgb(43 108 176 / ${0.55 * weights[place] ** 0.7})` : "";
    });
  };
  const choose = (part) => {
    model.set("part", part.dataset.part);
    model.save_changes();
    mark();
    part.focus({ preventScroll: true });
  };
  const middle = (part) => {
    const { left, width } = part.getBoundingClientRect();
    return left + width / 2;
  };
  const nearest = (row, x) =>
    row.reduce((best, part) => (Math.abs(middle(part) - x) < Math.abs(middle(best) - x) ? part : best));

  picture.addEventListener("click", (event) => {
    const part = event.target.closest("[data-part]");
    wanted = null;
    if (part) choose(part);
  });
  picture.addEventListener("keydown", (event) => {
    const all = rows();
    const now = chosen();
    const row = all.findIndex((parts) => parts.includes(now));
    if (row < 0) return;
    const column = all[row].indexOf(now);
    const sideways = { ArrowLeft: column - 1, ArrowRight: column + 1, Home: 0, End: all[row].length - 1 };
    const upright = { ArrowUp: row - 1, ArrowDown: row + 1, PageUp: row - 5, PageDown: row + 5 };
    const within = (number, list) => list[Math.max(0, Math.min(number, list.length - 1))];
    let next;
    if (event.key in sideways) {
      next = within(sideways[event.key], all[row]);
      wanted = null;
    } else if (event.key in upright) {
      wanted ??= middle(now);
      next = nearest(within(upright[event.key], all), wanted);
    } else return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== now) choose(next);
  });

  model.on("change:picture", draw);
  model.on("change:told", tell);
  model.on("change:part", mark);
  model.on("change:weights", colour);
  el.classList.add("nextword", "nextword-whole");
  el.append(picture, told);
  draw();
  tell();
}

export default { render };
