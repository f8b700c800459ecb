// Keys that are pressed on a widget's button stay there: JupyterLab's own would cut the cell (x), or make another (a, b).
// Set once for the whole page, below where JupyterLab listens.
if (!document.body.dataset.nextwordKeys) {
  document.body.dataset.nextwordKeys = "kept";
  document.body.addEventListener("keydown", (event) => {
    const there = event.target.closest(".nextword") && !event.target.closest("input, textarea, select");
    const runs = event.key === "Enter" && event.shiftKey; // the cell: that stays JupyterLab's
    const others = event.ctrlKey || event.metaKey || event.altKey || ["Tab", "Escape"].includes(event.key);
    if (there && !runs && !others) event.stopPropagation();
  });
}

