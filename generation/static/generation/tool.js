// The tool form: the engine's prompt as the server makes it of the words so far, and the preview of what renders.

// The answer to a half-filled form carries the prompt; it stands in the empty field for one's own words.
function showPrompt(form) {
  const made = form.querySelector("[data-made-prompt]");
  if (made && form.elements.prompt) form.elements.prompt.placeholder = made.textContent;
}

for (const form of document.querySelectorAll("[data-director]")) {
  form.addEventListener("htmx:afterSwap", () => showPrompt(form));
  showPrompt(form);
}

// A preview is shown once it is there entirely, in a frame that never changes its size.
document.addEventListener("dailies:progress", (event) => {
  const shown = event.target.closest?.(".frame")?.querySelector("[data-preview]");
  const { preview } = event.detail;
  if (!shown || !preview || shown.getAttribute("src") === preview) return;
  const next = new Image();
  next.onload = () => {
    shown.src = preview;
    shown.hidden = false;
  };
  next.src = preview;
});

// Candidates of one wish: 1 to 4 go to one of them, C lays them side by side.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable], dialog");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const link = event.key === "c" ? document.querySelector("#candidates > .button") : document.querySelector(`[data-candidate="${CSS.escape(event.key)}"]`);
  link?.click();
});
