// A film with the keys of a cutting room: J K L, frame steps, timecode. Notes and strips listen to its <video>.
const FASTEST = 8;

export function timecode(seconds, fps) {
  const frames = Math.floor(seconds * fps + 0.01);
  const nominal = Math.round(fps);
  const whole = Math.floor(frames / nominal);
  const two = (number) => String(number).padStart(2, "0");
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frames % nominal].map(two).join(":");
}

function rateOf(text) {
  const [over, under = 1] = text.split("/").map(Number);
  return over / under || 25;
}

class Player {
  constructor(element) {
    this.element = element;
    this.video = element.querySelector("video");
    this.fps = rateOf(element.dataset.fps);
    this.speed = 0;
    this.part = (name) => element.querySelector(`[data-player-${name}]`);
    this.video.controls = false;
    this.part("bar").hidden = false;
    this.bindButtons();
    this.bindKeys();
    for (const name of ["play", "pause", "seeked", "timeupdate", "volumechange", "loadedmetadata"]) {
      this.video.addEventListener(name, () => this.show());
    }
    this.video.addEventListener("click", () => this.toggle());
    this.show();
  }

  bindButtons() {
    const actions = {
      play: () => this.toggle(), back: () => this.step(-1), forward: () => this.step(1),
      mute: () => { this.video.muted = !this.video.muted; }, full: () => this.fill(),
    };
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.addEventListener("click", actions[button.dataset.do]);
    }
    this.part("scrub").addEventListener("input", (event) => {
      this.stop();
      this.video.currentTime = (event.target.value / 1000) * (this.video.duration || 0);
    });
  }

  bindKeys() {
    document.addEventListener("keydown", (event) => {
      const isTyping = event.target.closest("input:not([type=range]), textarea, select, [contenteditable], dialog, .strip-lanes, [role=tablist]");
      const isPressing = event.key === " " && event.target.closest("button, a, summary");
      if (isTyping || isPressing || event.ctrlKey || event.metaKey || event.altKey) return;
      const act = {
        " ": () => this.toggle(), k: () => this.stop(), j: () => this.shuttle(-1), l: () => this.shuttle(1),
        ArrowLeft: () => this.step(event.shiftKey ? -this.fps : -1), ArrowRight: () => this.step(event.shiftKey ? this.fps : 1),
        m: () => { this.video.muted = !this.video.muted; }, f: () => this.fill(),
      }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }

  toggle() {
    if (this.speed < 0 || !this.video.paused) this.stop();
    else this.run(1);
  }

  stop() {
    this.run(0);
  }

  // One press plays, each further one in the same direction doubles the speed.
  shuttle(direction) {
    const isSame = Math.sign(this.speed) === direction;
    this.run(isSame ? direction * Math.min(FASTEST, Math.abs(this.speed) * 2) : direction);
  }

  run(speed) {
    this.speed = speed;
    if (speed > 0) {
      this.video.playbackRate = speed;
      this.video.play();
    } else this.video.pause();
    if (speed < 0) this.rewind(performance.now());
    this.show();
  }

  // Browsers play forward only: going back is a row of seeks.
  rewind(since) {
    requestAnimationFrame((now) => {
      if (this.speed >= 0) return;
      if (!this.video.seeking) {
        this.video.currentTime = Math.max(0, this.video.currentTime + (this.speed * (now - since)) / 1000);
        if (this.video.currentTime === 0) this.stop();
        this.rewind(now);
      } else this.rewind(since);
    });
  }

  step(frames) {
    this.stop();
    const frame = Math.floor(this.video.currentTime * this.fps + 0.01) + frames;
    const last = Math.max(0, Math.ceil((this.video.duration || 0) * this.fps) - 1);
    // The middle of a frame: its edges round to a neighbour in some decoders.
    this.video.currentTime = (Math.min(last, Math.max(0, Math.round(frame))) + 0.5) / this.fps;
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen();
  }

  show() {
    const { video } = this;
    const isMoving = !video.paused || this.speed < 0;
    this.part("time").textContent = timecode(video.currentTime, this.fps);
    if (document.activeElement !== this.part("scrub")) this.part("scrub").value = (video.currentTime / (video.duration || 1)) * 1000;
    this.part("scrub").setAttribute("aria-valuetext", this.part("time").textContent);
    this.part("rate").textContent = isMoving && this.speed !== 1 && this.speed !== 0 ? `${this.speed}×` : "";
    const states = { paused: !isMoving, playing: isMoving, loud: !video.muted, muted: video.muted };
    for (const [name, isOn] of Object.entries(states)) this.element.querySelector(`[data-when=${name}]`).hidden = !isOn;
    if (!video.paused) requestAnimationFrame(() => { this.part("time").textContent = timecode(video.currentTime, this.fps); });
  }
}

export function bind(element) {
  new Player(element);
}
