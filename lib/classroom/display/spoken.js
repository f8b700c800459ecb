// Words that are read aloud when they change. The element stays: a screen reader hears no new ones.
function render({ model, el }) {
  const show = () => {
    el.innerHTML = model.get("value");
  };
  el.setAttribute("role", "status");
  el.classList.add("nextword", "nextword-spoken", "widget-html");
  el.classList.toggle("nextword-heard", model.get("heard_only"));
  model.on("change:value", show);
  show();
}

export default { render };
