// The denoising lab: one slider walks the steps of both runs; their strips jump to a step; play walks by itself.
const PLAY_EVERY_MS = 220;

function tilesOf(run) {
  return [...run.querySelectorAll("[data-lab-tile]")];
}

// Runs of different length are shown at the same share of the way.
function show(lab) {
  const runs = [...lab.querySelectorAll(".lab-run")].filter((run) => tilesOf(run).length);
  const walk = lab.querySelector("[data-lab-walk]");
  if (!walk) return;
  walk.hidden = runs.length === 0;
  if (!runs.length) return;
  const slider = walk.querySelector("[data-lab-slider]");
  const most = Math.max(...runs.map((run) => tilesOf(run).length)) - 1;
  if (Number(slider.max) !== most) {
    slider.max = most;
    slider.value = most;
  }
  const share = slider.value / most;
  const labels = runs.map((run) => place(run, share, viewOf(lab)));
  walk.querySelector("[data-lab-views]").hidden = !lab.querySelector("[data-expected]");
  walk.querySelector("[data-lab-words]").textContent = [...new Set(labels)].join(" · ");
  slider.setAttribute("aria-valuetext", labels.join(", "));
}

function boxOf(tile, view) {
  return tile.dataset[view] ?? tile.dataset.box;
}

function viewOf(lab) {
  return lab.querySelector("[data-lab-view][aria-pressed='true']")?.dataset.labView ?? "box";
}

function place(run, share, view) {
  const tiles = tilesOf(run);
  const tile = tiles[Math.round(share * (tiles.length - 1))];
  const frame = run.querySelector("[data-lab-frame]");
  for (const each of tiles) each.querySelector("svg").setAttribute("viewBox", boxOf(each, view));
  frame.setAttribute("viewBox", boxOf(tile, view));
  frame.setAttribute("aria-label", tile.title);
  for (const each of tiles) each.toggleAttribute("aria-current", each === tile);
  return tile.title;
}

function jump(lab, tile) {
  const slider = lab.querySelector("[data-lab-slider]");
  const count = tilesOf(tile.closest(".lab-run")).length - 1;
  slider.value = Math.round((tile.dataset.labTile / count) * slider.max);
  show(lab);
}

let playing = 0;
function play(lab) {
  const slider = lab.querySelector("[data-lab-slider]");
  clearInterval(playing);
  slider.value = 0;
  show(lab);
  playing = setInterval(() => {
    if (Number(slider.value) >= Number(slider.max)) return clearInterval(playing);
    slider.value = Number(slider.value) + 1;
    show(lab);
  }, PLAY_EVERY_MS);
}

for (const lab of document.querySelectorAll("[data-lab]")) {
  lab.addEventListener("input", () => {
    clearInterval(playing);
    show(lab);
  });
  lab.addEventListener("click", (event) => {
    const tile = event.target.closest("[data-lab-tile]");
    if (tile) {
      clearInterval(playing);
      jump(lab, tile);
    } else if (event.target.closest("[data-lab-play]")) play(lab);
    const view = event.target.closest("[data-lab-view]");
    if (!view) return;
    for (const each of lab.querySelectorAll("[data-lab-view]")) each.setAttribute("aria-pressed", each === view);
    show(lab);
  });
  document.body.addEventListener("htmx:afterSettle", () => show(lab));
  show(lab);
}
