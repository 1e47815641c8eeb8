// Live progress: an element with data-sse listens to an event stream, with data-poll asks every few seconds when the
// stream can't be had. Both give {"value", "max", "label", "note", "state", "done"}.
const POLL = 3000;
const TRIES = 3;

export function show(element, report) {
  const bar = element.querySelector("progress");
  if (bar && report.max !== undefined) bar.max = report.max;
  if (bar && report.value === null) bar.removeAttribute("value");
  else if (bar && report.value !== undefined) bar.value = report.value;
  for (const name of ["label", "note"]) {
    const words = element.querySelector(`.progress-${name}`);
    if (words && report[name] !== undefined) words.textContent = report[name];
  }
  if (report.state) element.dataset.state = report.state;
  element.dispatchEvent(new CustomEvent("dailies:progress", { bubbles: true, detail: report }));
}

function finish(element) {
  const target = element.dataset.refresh;
  if (target === "page") location.reload();
  else if (!target) element.dispatchEvent(new CustomEvent("dailies:done", { bubbles: true }));
  else for (const part of document.querySelectorAll(target)) part.dispatchEvent(new CustomEvent("dailies:done"));
}

async function poll(element) {
  if (!element.isConnected) return;
  const answer = await fetch(element.dataset.poll, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) {
    const report = await answer.json();
    show(element, report);
    if (report.done) return finish(element);
  }
  setTimeout(() => poll(element), POLL);
}

function listen(element, failures = 0) {
  const stream = new EventSource(element.dataset.sse);
  stream.onmessage = (event) => {
    if (!element.isConnected) return stream.close();
    failures = 0;
    const report = JSON.parse(event.data);
    show(element, report);
    if (!report.done) return undefined;
    stream.close();
    return finish(element);
  };
  stream.onerror = () => {
    stream.close();
    if (!element.isConnected) return;
    failures += 1;
    if (failures >= TRIES && element.dataset.poll) poll(element);
    else setTimeout(() => listen(element, failures), Math.min(30000, 1000 * 2 ** failures));
  };
}

export function bind(element) {
  if (element.dataset.state === "done" || element.dataset.state === "failed") return;
  if (element.dataset.sse) listen(element);
  else poll(element);
}
