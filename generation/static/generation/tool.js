// The tool form: shows the engine's prompt as the director's words make it, and the price as the steps make it.
const ORDER = ["shot", "lens", "camera", "light", "time", "place", "action"];

function wordsOf(form, name) {
  const field = form.elements[name];
  if (!field) return "";
  const words = field.tagName === "SELECT" ? field.selectedOptions[0]?.dataset.words ?? "" : field.value;
  return words.trim().replace(/\s+/g, " ").replace(/[.。]+$/, "");
}

// As generation/domain/queueing.py: a step of a picture, a step over a second of a clip, a token, 20 letters.
function unitsOf(form) {
  const number = (name) => Number(form.elements[name]?.value) || 1;
  if (form.dataset.makes === "text") return number("length");
  if (form.dataset.makes === "sound") return Math.max(1, form.elements.line.value.length / 20);
  return number("steps") * (form.dataset.makes === "video" ? number("seconds") : 1);
}

function show(form) {
  const prompt = form.elements.prompt;
  if (prompt) prompt.placeholder = ORDER.map((name) => wordsOf(form, name)).filter(Boolean).join(", ");
  const price = form.querySelector("[data-price]");
  if (price) price.textContent = Math.max(0.1, unitsOf(form) * Number(form.dataset.pace)).toFixed(1);
}

for (const form of document.querySelectorAll("[data-director]")) {
  form.addEventListener("input", () => show(form));
  show(form);
}
