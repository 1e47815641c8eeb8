// Sentences that HTMX answers send in HX-Trigger ({"toast": {message, tone}}); an error stays until it is closed.
const STAY = 6000;

function draw(area, { message, tone = "info" }) {
  const toast = document.createElement("div");
  toast.className = "message";
  toast.dataset.tone = tone;
  const words = document.createElement("div");
  words.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button is-quiet is-icon is-small";
  close.setAttribute("aria-label", area.dataset.close);
  close.append(document.querySelector("template[data-icon=close]").content.cloneNode(true));
  close.addEventListener("click", () => toast.remove());
  toast.append(words, close);
  area.append(toast);
  if (tone !== "error") setTimeout(() => toast.remove(), STAY);
}

export function bind(area) {
  document.body.addEventListener("toast", (event) => draw(area, event.detail));
  document.body.addEventListener("htmx:sendError", () => draw(area, { message: area.dataset.offline, tone: "error" }));
  document.body.addEventListener("htmx:responseError", (event) => {
    const hasSentence = event.detail.xhr.getResponseHeader("HX-Trigger")?.includes("toast");
    if (!hasSentence) draw(area, { message: area.dataset.failed, tone: "error" });
  });
}
