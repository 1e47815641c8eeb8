// Candidates side by side: one goes to the fore by number or arrow, zoom and scroll move all, films and sounds play in
// step and only the one at the fore is heard.
const ZOOMS = [1, 2, 4];
const DRIFT_SECONDS = 0.08;

class Comparison {
  constructor(element) {
    this.element = element;
    this.panes = [...element.querySelectorAll("[data-pane]")];
    this.media = [...element.querySelectorAll("[data-plays]")];
    element.querySelector("[data-compare-bar]").hidden = false;
    for (const medium of this.media) medium.controls = false;
    this.bindPanes();
    this.bindBar();
    this.bindPlaying();
    const chosen = this.panes.findIndex((pane) => "chosen" in pane.dataset);
    this.go(Math.max(0, chosen), { quietly: true });
  }

  // ---- the one at the fore
  go(index, { quietly = false } = {}) {
    this.at = (index + this.panes.length) % this.panes.length;
    for (const [number, pane] of this.panes.entries()) {
      if (number === this.at) pane.setAttribute("aria-current", "true");
      else pane.removeAttribute("aria-current");
      pane.tabIndex = number === this.at ? 0 : -1;
      const medium = pane.querySelector("[data-plays]");
      if (medium) medium.muted = number !== this.at;
      const heard = pane.querySelector("[data-heard]");
      if (heard) heard.hidden = number !== this.at;
    }
    if (!quietly) this.panes[this.at].focus({ preventScroll: this.element.dataset.view === "solo" });
  }

  bindPanes() {
    for (const [number, pane] of this.panes.entries()) {
      pane.addEventListener("pointerdown", (event) => {
        if (!event.target.closest("button, audio")) this.go(number, { quietly: true });
      });
      pane.addEventListener("focusin", () => { if (this.at !== number) this.go(number, { quietly: true }); });
      const frame = pane.querySelector("[data-pane-frame]");
      frame.addEventListener("scroll", () => this.follow(frame), { passive: true });
    }
  }

  key(event) {
    const number = Number(event.key);
    if (number >= 1 && number <= this.panes.length) return () => this.go(number - 1);
    return {
      ArrowLeft: () => this.go(this.at - 1), ArrowRight: () => this.go(this.at + 1),
      Enter: () => this.panes[this.at].querySelector("[data-choose] button:not(:disabled)")?.click(),
      "+": () => this.zoom(1), "=": () => this.zoom(1), "-": () => this.zoom(-1), "−": () => this.zoom(-1),
      o: () => this.view(this.element.dataset.view === "solo" ? "grid" : "solo"),
      " ": this.media.length ? () => this.toggle() : undefined,
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  }

  // ---- zoom, scroll, view
  bindBar() {
    for (const button of this.element.querySelectorAll("[data-compare-zoom]")) {
      button.addEventListener("click", () => this.zoom(Number(button.dataset.compareZoom)));
    }
    for (const button of this.element.querySelectorAll("[data-compare-view]")) {
      button.addEventListener("click", () => this.view(button.dataset.compareView));
    }
  }

  zoom(steps) {
    const now = ZOOMS.indexOf(Number(this.element.dataset.zoom ?? 1));
    this.element.dataset.zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, now + steps))];
  }

  view(name) {
    this.element.dataset.view = name;
    for (const button of this.element.querySelectorAll("[data-compare-view]")) {
      button.setAttribute("aria-pressed", button.dataset.compareView === name);
    }
  }

  follow(frame) {
    if (this.isFollowing) return;
    this.isFollowing = true;
    const across = frame.scrollLeft / Math.max(1, frame.scrollWidth - frame.clientWidth);
    const down = frame.scrollTop / Math.max(1, frame.scrollHeight - frame.clientHeight);
    for (const pane of this.panes) {
      const other = pane.querySelector("[data-pane-frame]");
      if (other === frame || other.classList.contains("is-text")) continue;
      other.scrollLeft = across * (other.scrollWidth - other.clientWidth);
      other.scrollTop = down * (other.scrollHeight - other.clientHeight);
    }
    requestAnimationFrame(() => { this.isFollowing = false; });
  }

  // ---- playing in step
  get leader() {
    return this.media.reduce((longest, one) => ((one.duration || 0) > (longest.duration || 0) ? one : longest), this.media[0]);
  }

  bindPlaying() {
    if (!this.media.length) return;
    const scrub = this.element.querySelector("[data-compare-scrub]");
    this.element.querySelector("[data-compare-play]").addEventListener("click", () => this.toggle());
    scrub.addEventListener("input", () => this.seek((scrub.value / 1000) * (this.leader.duration || 0)));
    for (const medium of this.media) {
      medium.loop = false;
      medium.addEventListener("timeupdate", () => this.keepStep(medium, scrub));
      medium.addEventListener("ended", () => { if (medium === this.leader) this.pause(); });
    }
  }

  seek(seconds) {
    for (const medium of this.media) medium.currentTime = Math.min(seconds, medium.duration || seconds);
  }

  keepStep(medium, scrub) {
    const { leader } = this;
    if (medium !== leader) return;
    if (document.activeElement !== scrub) scrub.value = (leader.currentTime / (leader.duration || 1)) * 1000;
    for (const other of this.media) {
      const isApart = Math.abs(other.currentTime - leader.currentTime) > DRIFT_SECONDS;
      if (other !== leader && !leader.paused && isApart && leader.currentTime < (other.duration || 0)) other.currentTime = leader.currentTime;
    }
  }

  toggle() {
    if (!this.leader.paused) return this.pause();
    if (this.leader.ended) this.seek(0);
    for (const medium of this.media) medium.play().catch(() => this.pause());
    return this.showPlaying(true);
  }

  pause() {
    for (const medium of this.media) medium.pause();
    this.showPlaying(false);
  }

  showPlaying(isPlaying) {
    const button = this.element.querySelector("[data-compare-play]");
    button.setAttribute("aria-pressed", isPlaying);
    button.querySelector("[data-when=playing]").hidden = !isPlaying;
    button.querySelector("[data-when=paused]").hidden = isPlaying;
  }
}

let comparison = null;

function bind(root) {
  const element = root.matches?.("[data-compare]") ? root : root.querySelector?.("[data-compare]");
  if (element) comparison = new Comparison(element);
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, summary, dialog, audio, .pane-text, .account");
  const isPressing = [" ", "Enter"].includes(event.key) && event.target.closest("button, a");
  if (!comparison || isTyping || isPressing || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = comparison.key(event);
  if (!act) return;
  event.preventDefault();
  act();
});
bind(document);
document.addEventListener("htmx:load", (event) => bind(event.detail.elt));
