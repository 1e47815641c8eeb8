// Keeps that an output was really looked at: large on a visible page for a second. Posts to the address in data-viewing;
// the server counts looks within a minute once.
const LARGE_PIXELS = 240;
const LOOK_MS = 1000;
const SHARE = 0.6;
const sent = new Set();
const waiting = new Map();

function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";
}

function send(element) {
  const url = element.dataset.viewing;
  if (sent.has(url) || document.visibilityState !== "visible" || !element.isConnected) return;
  sent.add(url);
  fetch(url, { method: "POST", keepalive: true, headers: { "X-CSRFToken": token() } })
    .then((answer) => { if (answer.ok) element.dataset.viewed = ""; else sent.delete(url); })
    .catch(() => sent.delete(url));
}

function look(element, isSeen) {
  clearTimeout(waiting.get(element));
  if (isSeen) waiting.set(element, setTimeout(() => send(element), LOOK_MS));
}

const eye = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting, intersectionRatio, boundingClientRect } of entries) {
    const isLarge = boundingClientRect.width >= LARGE_PIXELS;
    look(target, isIntersecting && isLarge && (intersectionRatio >= SHARE || boundingClientRect.height > innerHeight));
  }
}, { threshold: [0, SHARE] });

function bind(root) {
  if (root.matches?.("[data-viewing]")) eye.observe(root);
  for (const element of root.querySelectorAll?.("[data-viewing]") ?? []) eye.observe(element);
}

// Back from another tab, what is before the person is looked at anew.
document.addEventListener("visibilitychange", () => {
  for (const element of document.querySelectorAll("[data-viewing]")) {
    eye.unobserve(element);
    if (document.visibilityState === "visible") eye.observe(element);
    else look(element, false);
  }
});
bind(document);
document.addEventListener("htmx:load", (event) => bind(event.detail.elt));
