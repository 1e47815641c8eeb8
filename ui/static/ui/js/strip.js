// The provenance strip: arrow keys walk segments, Enter opens evidence, the playhead follows the film, zoom.
const MOST_ZOOM = 32;
const LETTER = 14; // px a letter needs

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

class Strip {
  constructor(element) {
    this.element = element;
    this.seconds = Number(element.dataset.seconds) || 1;
    this.zoom = 1;
    this.part = (name) => element.querySelector(`[data-strip-${name}]`);
    this.track = this.part("track");
    this.scroll = this.part("scroll");
    this.lanes = [...element.querySelectorAll("[data-lane]")].map((lane) => [...lane.querySelectorAll(".seg")]);
    const { player } = element.dataset;
    this.video = document.querySelector(player || "video[data-player]");
    this.bindKeys();
    this.bindPointer();
    this.bindZoom();
    if (this.video) this.followVideo();
    this.part("tools").hidden = false;
    new ResizeObserver(() => this.redraw()).observe(this.track);
    this.loadFilm();
  }

  get segments() { return this.lanes.flat(); }

  // ---- walking
  bindKeys() {
    this.element.querySelector(".strip-lanes").addEventListener("keydown", (event) => {
      const segment = event.target.closest(".seg");
      if (!segment) return;
      if (event.key === "Enter") {
        event.preventDefault();
        this.open(segment);
        return;
      }
      const next = this.neighbour(segment, event.key);
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      this.choose(next);
      next.focus();
    });
    this.element.addEventListener("focusin", (event) => {
      const segment = event.target.closest(".seg");
      if (segment) this.choose(segment);
    });
  }

  neighbour(segment, key) {
    const row = this.lanes.findIndex((lane) => lane.includes(segment));
    const lane = this.lanes[row];
    const at = lane.indexOf(segment);
    if (key === "ArrowRight") return lane[at + 1];
    if (key === "ArrowLeft") return lane[at - 1];
    if (key === "Home") return lane[0];
    if (key === "End") return lane.at(-1);
    const other = { ArrowUp: this.lanes[row - 1], ArrowDown: this.lanes[row + 1] }[key];
    return other?.findLast((one) => Number(one.dataset.start) <= Number(segment.dataset.start)) ?? other?.[0];
  }

  choose(segment) {
    if (this.chosen === segment) return;
    for (const one of this.segments) one.tabIndex = one === segment ? 0 : -1;
    this.chosen?.removeAttribute("aria-current");
    segment.setAttribute("aria-current", "true");
    this.chosen = segment;
    this.describe(segment);
    const link = this.part("open");
    link.hidden = false;
    link.href = segment.getAttribute("href");
    this.reveal(Number(segment.dataset.start));
  }

  describe(segment) {
    const detail = this.part("detail");
    detail.textContent = segment.getAttribute("aria-label");
    detail.toggleAttribute("data-chosen", true);
  }

  open(segment) {
    const href = segment.getAttribute("href");
    if (segment.hasAttribute("hx-get")) segment.dispatchEvent(new CustomEvent("evidence"));
    else if (href.startsWith("#")) this.openRow(href);
    else location.assign(href);
  }

  openRow(href) {
    this.part("table").open = true;
    const row = document.getElementById(href.slice(1));
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }

  // ---- pointing
  bindPointer() {
    this.part("open").addEventListener("click", (event) => {
      event.preventDefault();
      this.open(this.chosen);
    });
    this.track.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey) return;
      const target = event.target.closest("[data-start]");
      if (!target?.getAttribute("href")?.startsWith("/") || target.matches(".seg")) event.preventDefault();
      const box = this.track.getBoundingClientRect();
      const isRead = target?.closest('[data-lane="script"]'); // a passage has no moment in the film
      if (!isRead) this.seek(target ? Number(target.dataset.start) : ((event.clientX - box.left) / box.width) * this.seconds);
      if (!target?.matches(".seg")) return;
      this.choose(target);
      if (target.hasAttribute("hx-get")) this.open(target); // evidence that opens on this page is a click away
    });
    this.track.addEventListener("dblclick", (event) => {
      const segment = event.target.closest(".seg");
      if (segment) this.open(segment);
    });
    this.track.addEventListener("pointerover", (event) => {
      const segment = event.target.closest(".seg");
      if (segment) this.describe(segment);
      else if (this.chosen) this.describe(this.chosen);
    });
  }

  seek(seconds) {
    if (this.video) this.video.currentTime = clamp(seconds + 0.001, 0, this.video.duration || this.seconds);
    this.place(seconds);
  }

  // ---- the film's time
  followVideo() {
    const step = () => {
      this.place(this.video.currentTime);
      if (!this.video.paused) requestAnimationFrame(step);
    };
    for (const name of ["play", "seeked", "timeupdate", "loadedmetadata"]) this.video.addEventListener(name, step);
    this.place(this.video.currentTime);
  }

  place(seconds) {
    const head = this.part("playhead");
    head.hidden = false;
    head.style.insetInlineStart = `${clamp((seconds / this.seconds) * 100, 0, 100)}%`;
    if (this.video && !this.video.paused) this.reveal(seconds);
  }

  reveal(seconds) {
    if (this.zoom === 1) return;
    const x = (seconds / this.seconds) * this.track.offsetWidth;
    const { scrollLeft, clientWidth } = this.scroll;
    if (x < scrollLeft || x > scrollLeft + clientWidth) this.scroll.scrollLeft = x - clientWidth / 3;
  }

  // ---- zoom
  bindZoom() {
    for (const button of this.element.querySelectorAll("[data-strip-zoom]")) {
      button.addEventListener("click", () => this.zoomBy(Number(button.dataset.stripZoom)));
    }
    this.scroll.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 100), event.clientX);
    }, { passive: false });
    this.bindPinch();
  }

  bindPinch() {
    let before = 0;
    const spread = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    this.scroll.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2) return;
      event.preventDefault();
      const now = spread(event.touches);
      if (before) this.zoomBy(now / before, (event.touches[0].clientX + event.touches[1].clientX) / 2);
      before = now;
    }, { passive: false });
    this.scroll.addEventListener("touchend", () => { before = 0; });
  }

  zoomBy(factor, clientX) {
    const box = this.scroll.getBoundingClientRect();
    const at = (clientX ?? box.left + box.width / 2) - box.left;
    const place = (this.scroll.scrollLeft + at) / this.track.offsetWidth;
    this.zoom = clamp(this.zoom * factor, 1, MOST_ZOOM);
    this.track.style.width = `${this.zoom * 100}%`;
    this.scroll.scrollLeft = place * this.track.offsetWidth - at;
  }

  // ---- what depends on the width
  redraw() {
    for (const letter of this.element.querySelectorAll(".seg-letter")) {
      const width = letter.parentElement.querySelector("rect").getBoundingClientRect().width;
      letter.classList.toggle("is-narrow", width < LETTER);
    }
    this.drawFilm();
  }

  loadFilm() {
    const image = this.part("film")?.querySelector("img");
    if (!image) return;
    image.loading = "eager";
    image.decode().then(() => {
      this.film = image;
      this.canvas = document.createElement("canvas");
      image.replaceWith(this.canvas);
      this.drawFilm();
    }, () => { this.part("film").hidden = true; });
  }

  drawFilm() {
    if (!this.canvas) return;
    const scale = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    this.canvas.width = Math.min(width * scale, 16384);
    this.canvas.height = height * scale;
    const aspect = Number(this.element.dataset.frameAspect) || 16 / 9;
    const { naturalWidth, naturalHeight } = this.film;
    const frames = Math.max(1, Math.round(naturalWidth / (naturalHeight * aspect)));
    const slots = Math.max(1, Math.round(width / (height * aspect)));
    const context = this.canvas.getContext("2d");
    const from = naturalWidth / frames;
    const to = this.canvas.width / slots;
    for (let slot = 0; slot < slots; slot += 1) {
      const frame = Math.min(frames - 1, Math.floor(((slot + 0.5) / slots) * frames));
      context.drawImage(this.film, frame * from, 0, from, naturalHeight, slot * to, 0, to - scale, this.canvas.height);
    }
  }
}

export function bind(element) {
  new Strip(element);
}
