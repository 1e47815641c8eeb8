// Binds behaviours to what carries their data attribute, at load and after every HTMX swap.
// A behaviour is a module with `bind(element)`; it is fetched only when a page needs it.
const behaviours = [
  ["[data-open], button[data-close], dialog[data-show]", () => import("./dialog.js")],
  ["[data-menu]", () => import("./menu.js")],
  ["[data-tabs]", () => import("./tabs.js")],
  ["[data-toasts]", () => import("./toast.js")],
  ["[data-dropzone]", () => import("./upload.js")],
  ["[data-sse], [data-poll]", () => import("./sse.js")],
  ["[data-chart]", () => import("./chart.js")],
  ["[data-player-room]", () => import("./player.js")],
  ["[data-strip]", () => import("./strip.js")],
  ["[data-keep]", () => import("./keep.js")],
  ["[data-copy]", () => import("./copy.js")],
];
const bound = new WeakMap();

function matching(root, selector) {
  const below = [...root.querySelectorAll(selector)];
  return root.matches?.(selector) ? [root, ...below] : below;
}

async function bindOnce(element, load) {
  const done = bound.get(element) ?? new Set();
  bound.set(element, done);
  if (done.has(load)) return;
  done.add(load);
  (await load()).bind(element);
}

function bindAll(root) {
  for (const [selector, load] of behaviours) {
    for (const element of matching(root, selector)) bindOnce(element, load);
  }
  root.querySelector?.("[data-autofocus]")?.focus();
}

bindAll(document);
document.addEventListener("htmx:load", (event) => bindAll(event.detail.elt));
