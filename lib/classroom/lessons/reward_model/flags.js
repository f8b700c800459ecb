// Two texts to choose between, by a click or a key; Python keeps the answer and sends the next pair.
const KEYS = { a: "a", ArrowLeft: "a", b: "b", ArrowRight: "b", s: "skip", u: "undo" };
const UNREAD = 250; // milliseconds in which nobody reads a pair: the second half of a double click
const PATIENCE = 4000; // milliseconds
const SILENCE = "Nothing is kept yet: the notebook's kernel is busy with another cell, or it has ended. Then run this cell again.";

function render({ model, el }) {
  const make = (tag, className, text = "") =>
    Object.assign(document.createElement(tag), { className, textContent: text });
  const root = make("div", "nextword-flags");
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "which text do you like better?");
  root.tabIndex = -1; // a click anywhere here brings the keys here

  let drawn = 0; // when the pair came
  let sent = null; // the number of the pair that an answer went off to
  const act = (what) => {
    const { number, a } = model.get("pair");
    if (sent === number || (what !== "undo" && (!a || performance.now() - drawn < UNREAD))) return;
    sent = number;
    setTimeout(() => {
      if (sent === number) note.textContent = SILENCE;
    }, PATIENCE);
    model.send({ do: what, number });
  };

  const cards = make("div", "nextword-flags-cards");
  const texts = {};
  for (const side of ["a", "b"]) {
    const card = make("button", "nextword-flags-card");
    card.type = "button";
    card.append(make("b", "", side.toUpperCase()), (texts[side] = make("span", "")));
    card.addEventListener("click", () => act(side));
    cards.append(card);
  }
  const more = make("div", "nextword-flags-more");
  for (const [text, what, key] of [["Skip", "skip", "s"], ["Undo", "undo", "u"]]) {
    const button = make("button", "jupyter-button", text);
    button.type = "button";
    button.setAttribute("aria-keyshortcuts", key);
    button.addEventListener("click", () => act(what));
    more.append(button);
  }
  cards.children[0].setAttribute("aria-keyshortcuts", "a ArrowLeft");
  cards.children[1].setAttribute("aria-keyshortcuts", "b ArrowRight");

  const progress = make("span", "nextword-flags-progress");
  const aloud = make("span", "nextword-heard"); // who hears the page hears the new pair, too
  const status = make("div", "nextword-flags-status");
  status.setAttribute("role", "status");
  status.setAttribute("aria-atomic", "true");
  const note = make("div", "nextword-flags-note");
  status.append(progress, note, aloud);
  more.append(make("span", "nextword-flags-keys", "keys: a or ← · b or → · s · u"));

  const fill = (target, opening, text) => {
    const begins = text.startsWith(opening) ? opening : "";
    target.replaceChildren(make("i", "", begins), text.slice(begins.length));
  };
  const show = () => {
    const { number, opening = "", a = "", b = "" } = model.get("pair");
    if (number === undefined) return;
    drawn = performance.now();
    sent = null;
    fill(texts.a, opening, a);
    fill(texts.b, opening, b);
    progress.textContent = model.get("progress");
    note.textContent = model.get("note");
    aloud.textContent = a ? `A: ${a} B: ${b}` : "";
  };

  root.addEventListener("keydown", (event) => {
    const runs = event.key === "Enter" && event.shiftKey; // the cell: that stays JupyterLab's
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab" || runs) return;
    event.stopPropagation(); // else a and b make new cells, and x cuts this one out
    const what = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!what) return;
    event.preventDefault();
    if (!event.repeat) act(what);
  });
  model.on("change:pair", show);
  show();
  root.append(cards, more, status);
  el.classList.add("nextword");
  el.append(root);
}

export default { render };
