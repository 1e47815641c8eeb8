// Native dialogs: data-open="id" opens, data-close closes, data-show opens at load; a click beside one closes it.
function openDialog(dialog) {
  dialog.showModal();
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

export function bind(element) {
  if (element.matches("dialog")) openDialog(element);
  else if ("open" in element.dataset) {
    element.setAttribute("aria-haspopup", "dialog");
    element.addEventListener("click", () => openDialog(document.getElementById(element.dataset.open)));
  } else element.addEventListener("click", () => element.closest("dialog")?.close());
}
