// Files dropped or chosen: each its own request with a bar, the time left, cancel and retry. Two at a time.
const AT_ONCE = 2;

function sizeWords(bytes) {
  const step = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)}\u00a0${["B", "kB", "MB", "GB", "TB"][step]}`;
}

function timeWords(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole}\u00a0s` : `${Math.round(whole / 60)}\u00a0min`;
}

class Item {
  constructor(zone, file) {
    this.zone = zone;
    this.file = file;
    this.row = document.createElement("li");
    const name = document.createElement("div");
    name.className = "dropzone-name";
    const title = document.createElement("b");
    title.className = "truncate";
    title.textContent = file.name;
    this.note = document.createElement("span");
    this.note.className = "dropzone-note";
    name.append(title, this.note);
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button is-small";
    this.button.addEventListener("click", () => this.press());
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", file.name);
    this.error = document.createElement("p");
    this.error.className = "dropzone-error";
    this.error.hidden = true;
    this.row.append(name, this.button, this.bar, this.error);
    this.set("waiting", zone.words("waiting"));
  }

  set(state, note, button = this.zone.words("cancel")) {
    this.state = state;
    this.row.dataset.state = state;
    this.note.textContent = note;
    this.button.textContent = button;
    this.button.setAttribute("aria-label", `${button}: ${this.file.name}`);
  }

  press() {
    if (this.state === "running") this.request.abort();
    else if (this.state === "waiting") this.cancelled();
    else if (this.state === "done") location.assign(this.url);
    else this.zone.again(this);
  }

  start() {
    const { form, most } = this.zone;
    if (most && this.file.size > most) return this.failed(this.zone.words("big").replace("{size}", sizeWords(most)));
    this.error.hidden = true;
    this.set("running", sizeWords(this.file.size));
    this.began = performance.now();
    this.request = new XMLHttpRequest();
    this.request.open("POST", form.action);
    this.request.setRequestHeader("Accept", "application/json");
    this.request.responseType = "json";
    this.request.upload.addEventListener("progress", (event) => this.moved(event));
    this.request.addEventListener("load", () => this.answered());
    this.request.addEventListener("error", () => this.failed(this.zone.words("lost")));
    this.request.addEventListener("abort", () => this.cancelled());
    this.request.send(this.body());
    return undefined;
  }

  // Small fields first, so that the server knows what the stream belongs to before the file begins.
  body() {
    const data = new FormData();
    for (const field of this.zone.form.querySelectorAll("input[type=hidden], select, input[type=text]")) data.append(field.name, field.value);
    data.append(this.zone.name, this.file, this.file.name);
    return data;
  }

  moved({ loaded, total }) {
    this.bar.value = loaded / total;
    const rate = loaded / (performance.now() - this.began);
    const left = timeWords((total - loaded) / rate / 1000);
    const note = loaded < total ? `${sizeWords(loaded)} / ${sizeWords(total)} · ${this.zone.words("left").replace("{time}", left)}` : this.zone.words("storing");
    this.note.textContent = note;
  }

  answered() {
    const answer = this.request.response;
    if (!answer?.ok) return this.failed(answer?.error ?? answer?.detail ?? this.zone.words("lost"));
    this.bar.value = 1;
    this.url = answer.url;
    this.set("done", this.zone.words("done"), this.zone.words("open"));
    this.button.hidden = !this.url;
    return this.zone.next();
  }

  failed(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = false;
    this.set("failed", sizeWords(this.file.size), this.zone.words("retry"));
    this.zone.say(`${this.file.name}: ${sentence}`);
    this.zone.next();
  }

  cancelled() {
    this.bar.value = 0;
    this.set("cancelled", this.zone.words("cancelled"), this.zone.words("retry"));
    this.zone.next();
  }
}

class Zone {
  constructor(form) {
    this.form = form;
    this.name = form.dataset.name;
    this.most = Number(form.dataset.maxBytes) || 0;
    this.items = [];
    this.input = form.querySelector("input[type=file]");
    this.input.required = false;
    form.dataset.bound = "";
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
    this.bindDrop();
    addEventListener("beforeunload", (event) => { if (this.isBusy) event.preventDefault(); });
  }

  words(name) { return this.form.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`]; }

  get isBusy() { return this.items.some((item) => item.state === "running" || item.state === "waiting"); }

  bindDrop() {
    const over = (isOver) => (event) => {
      event.preventDefault();
      this.form.toggleAttribute("data-over", isOver);
    };
    this.form.addEventListener("dragover", over(true));
    this.form.addEventListener("dragleave", over(false));
    this.form.addEventListener("drop", (event) => {
      over(false)(event);
      this.add(this.input.multiple ? event.dataTransfer.files : [...event.dataTransfer.files].slice(0, 1));
    });
  }

  add(files) {
    for (const file of files) {
      const item = new Item(this, file);
      this.items.push(item);
      this.form.querySelector("[data-dropzone-files]").append(item.row);
    }
    this.next();
  }

  again(item) {
    item.set("waiting", this.words("waiting"));
    this.next();
  }

  next() {
    const running = this.items.filter((item) => item.state === "running").length;
    const waiting = this.items.filter((item) => item.state === "waiting");
    for (const item of waiting.slice(0, Math.max(0, AT_ONCE - running))) item.start();
    const stored = this.items.filter((item) => item.state === "done");
    if (this.isBusy || !stored.length) return;
    this.say(stored.map((item) => `${item.file.name}: ${this.words("done")}`).join(". "));
    this.form.dispatchEvent(new CustomEvent("dailies:stored", { bubbles: true, detail: { urls: stored.map((item) => item.url) } }));
  }

  say(sentence) {
    this.form.querySelector("[data-dropzone-status]").textContent = sentence;
  }
}

export function bind(form) {
  new Zone(form);
}
