// The tool form: shows the engine's prompt as the director's words make it, and the price as the steps make it.
const ORDER = ["shot", "lens", "camera", "light", "time", "place", "action"];

function wordsOf(form, name) {
  const field = form.elements[name];
  if (!field) return "";
  const words = field.tagName === "SELECT" ? field.selectedOptions[0]?.dataset.words ?? "" : field.value;
  return words.trim().replace(/\s+/g, " ").replace(/[.。]+$/, "");
}

function show(form) {
  const prompt = form.elements.prompt;
  if (prompt) prompt.placeholder = ORDER.map((name) => wordsOf(form, name)).filter(Boolean).join(", ");
  const steps = Number(form.elements.steps?.value || form.elements.length?.value || 1);
  const price = form.querySelector("[data-price]");
  if (price && steps > 0) price.textContent = Math.max(0.1, steps * Number(form.dataset.pace)).toFixed(1);
}

for (const form of document.querySelectorAll("[data-director]")) {
  form.addEventListener("input", () => show(form));
  show(form);
}
