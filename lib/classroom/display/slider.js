// A range of the browser's own: it has a name, and says what it stands at rather than at which step.
function render({ model, el }) {
  const id = `nextword-slider-${Math.random().toString(36).slice(2)}`;
  const label = Object.assign(document.createElement("label"), { htmlFor: id, className: "widget-label" });
  const input = Object.assign(document.createElement("input"), { id, type: "range", min: 0, step: 1 });
  const readout = Object.assign(document.createElement("span"), { className: "widget-readout" });
  readout.setAttribute("aria-hidden", "true"); // the range says it

  const name = () => model.get("names")[Number(input.value)] ?? "";
  const tell = () => {
    readout.textContent = name();
    input.setAttribute("aria-valuetext", name());
  };
  const show = () => {
    label.textContent = model.get("description");
    input.max = model.get("names").length - 1;
    input.value = model.get("index");
    tell();
  };
  const send = () => {
    tell();
    if (model.get("index") !== Number(input.value)) {
      model.set("index", Number(input.value));
      model.save_changes();
    }
  };

  input.addEventListener("input", () => (model.get("continuous_update") ? send() : tell()));
  input.addEventListener("change", send);
  input.setAttribute("data-lm-suppress-shortcuts", "true"); // else up and down move to another cell
  for (const what of ["description", "names", "index"]) model.on(`change:${what}`, show);
  show();
  el.classList.add("nextword", "nextword-slider", "widget-slider");
  el.append(label, input, readout);
}

export default { render };
