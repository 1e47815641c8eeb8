// Keyboard through a class: numbers choose levels, arrows criteria, Ctrl+arrows films, Ctrl+Enter saves.
const typing = "input:not([type=number]):not([type=range]), textarea, select, [contenteditable], dialog";

function form() {
  return document.querySelector("[data-grade-form]");
}

function criteria() {
  return [...document.querySelectorAll("[data-criterion]")];
}

function chosen() {
  return criteria().findIndex((element) => element.hasAttribute("data-chosen"));
}

function choose(index, { scroll = true } = {}) {
  const all = criteria();
  const at = Math.min(all.length - 1, Math.max(0, index));
  all.forEach((element, number) => element.toggleAttribute("data-chosen", number === at));
  if (scroll) all[at]?.scrollIntoView({ block: "nearest" });
}

function points(element) {
  return element.querySelector("input[type=number]");
}

function show() {
  let total = 0;
  for (const element of criteria()) {
    const field = points(element);
    const value = field.value === "" ? null : Number(field.value);
    total += value ?? 0;
    for (const button of element.querySelectorAll("[data-level]")) {
      button.setAttribute("aria-pressed", String(value !== null && Number(button.dataset.level) === value));
    }
  }
  const output = document.querySelector("[data-grade-total]");
  if (output) output.textContent = String(Math.round(total * 100) / 100);
}

function pick(element, button) {
  if (!button || button.disabled) return;
  points(element).value = button.dataset.level;
  show();
}

function save() {
  document.querySelector("[data-grade-save]")?.click();
}

function follow(selector) {
  const link = document.querySelector(selector);
  if (link) location.assign(link.href);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    event.preventDefault();
    save();
    return;
  }
  if (event.target.closest(typing)) return;
  const isNumber = event.target.closest("input[type=number]");
  if (event.ctrlKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
    event.preventDefault();
    follow(event.key === "ArrowLeft" ? "[data-grade-previous]" : "[data-grade-next]");
  } else if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("[role=tablist], .strip-lanes, [data-menu]")) {
    return;
  } else if (["ArrowUp", "ArrowDown"].includes(event.key) && form()) {
    event.preventDefault();
    choose(chosen() + (event.key === "ArrowDown" ? 1 : -1));
    if (isNumber) points(criteria()[chosen()])?.focus();
  } else if (/^[1-9]$/.test(event.key) && !isNumber && chosen() >= 0) {
    event.preventDefault();
    const element = criteria()[chosen()];
    pick(element, element.querySelectorAll("[data-level]")[Number(event.key) - 1]);
  }
});

document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-criterion]");
  if (!element) return;
  choose(criteria().indexOf(element), { scroll: false });
  pick(element, event.target.closest("[data-level]"));
});
document.addEventListener("focusin", (event) => {
  const element = event.target.closest("[data-criterion]");
  if (element) choose(criteria().indexOf(element), { scroll: false });
});
document.addEventListener("input", show);

// Only the form's own swap chooses again: the strip arrives when it likes and must not move the teacher's place.
let kept = 0;
document.addEventListener("htmx:beforeSwap", ({ detail }) => { if (detail.target?.id === "marking") kept = chosen(); });
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt.id !== "marking" || !form()) return;
  choose(kept, { scroll: false });
  show();
});
if (form()) {
  choose(0, { scroll: false });
  show();
}
