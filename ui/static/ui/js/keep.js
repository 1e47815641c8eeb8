// Keeps what was typed in a form[data-keep="key"] in this browser until the form is sent.
export function bind(form) {
  const key = `dailies:${form.dataset.keep}`;
  const kept = JSON.parse(localStorage.getItem(key) ?? "{}");
  for (const [name, value] of Object.entries(kept)) {
    const field = form.elements.namedItem(name);
    if (field && "value" in field && !field.value) field.value = value;
  }
  form.addEventListener("input", () => {
    const typed = [...form.elements].filter((field) => field.matches("textarea, input[type=text]") && field.value);
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(typed.map((field) => [field.name, field.value]))));
  });
  form.addEventListener("submit", () => localStorage.removeItem(key));
}
