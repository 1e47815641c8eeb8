// Painting a mask or a pose: white strokes over the chosen picture, kept as a black-and-white still of the work.
const SHOWN = "rgb(255 255 255)";

function under(place) {
  const chosen = place.closest("form").querySelector('input[name="source"]:checked');
  return chosen?.closest(".source")?.querySelector("img");
}

function at(board, event) {
  const box = board.getBoundingClientRect();
  return [((event.clientX - box.left) * board.width) / box.width, ((event.clientY - box.top) * board.height) / box.height];
}

function draw(context, strokes, { white, erased }) {
  context.lineCap = context.lineJoin = "round";
  for (const { width, erases, points } of strokes) {
    context.globalCompositeOperation = erases && erased === "clear" ? "destination-out" : "source-over";
    context.strokeStyle = erases ? "black" : white;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(...points[0]);
    for (const point of points) context.lineTo(...point);
    context.stroke();
  }
  context.globalCompositeOperation = "source-over";
}

function blackAndWhite(board, strokes) {
  const sheet = new OffscreenCanvas(board.width, board.height);
  const context = sheet.getContext("2d");
  context.fillStyle = "black";
  context.fillRect(0, 0, sheet.width, sheet.height);
  draw(context, strokes, { white: "white", erased: "black" });
  return sheet.convertToBlob({ type: "image/png" });
}

function bind(place) {
  const find = (name) => place.querySelector(`[data-${name}]`);
  const board = find("board");
  const context = board.getContext("2d");
  const erase = find("erase");
  let strokes = [];
  let current = null;

  const show = () => {
    context.clearRect(0, 0, board.width, board.height);
    draw(context, strokes, { white: SHOWN, erased: "clear" });
    find("problem").hidden = true;
  };
  const complain = (words) => {
    find("problem").textContent = words;
    find("problem").hidden = false;
  };
  const layUnder = () => {
    const picture = under(place);
    find("under").hidden = !picture;
    if (!picture || find("under").getAttribute("src") === picture.src) return;
    find("under").src = picture.src;
    if (!picture.naturalWidth) return;
    const share = 1024 / Math.max(picture.naturalWidth, picture.naturalHeight);
    [board.width, board.height] = [Math.round(picture.naturalWidth * share), Math.round(picture.naturalHeight * share)];
    strokes = [];
    show();
  };

  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    const width = (Number(find("brush").value) * board.width) / 768;
    current = { width, erases: erase.getAttribute("aria-pressed") === "true", points: [at(board, event)] };
    strokes.push(current);
    show();
  });
  board.addEventListener("pointermove", (event) => {
    if (!current) return;
    current.points.push(at(board, event));
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => (current = null));

  place.querySelector("[data-open]").addEventListener("click", layUnder, { capture: true });
  erase.addEventListener("click", () => erase.setAttribute("aria-pressed", String(erase.getAttribute("aria-pressed") !== "true")));
  find("undo").addEventListener("click", () => { strokes.pop(); show(); });
  find("clear").addEventListener("click", () => { strokes = []; show(); });
  find("keep").addEventListener("click", async () => {
    if (!strokes.length) return complain(find("problem").dataset.empty);
    const sent = new FormData();
    sent.set("use", place.dataset.use);
    sent.set("painting", await blackAndWhite(board, strokes), "painting.png");
    sent.set("csrfmiddlewaretoken", place.closest("form").elements.csrfmiddlewaretoken.value);
    find("keep").disabled = true;
    try {
      const answer = await fetch(place.dataset.address, { method: "POST", body: sent });
      const words = await answer.text();
      if (!answer.ok) return complain(answer.status === 400 ? words : find("problem").dataset.lost);
      choose(place, words);
      place.querySelector("dialog").close();
    } catch {
      complain(find("problem").dataset.lost);
    } finally {
      find("keep").disabled = false;
    }
  });
  place.hidden = false;
}

// The card goes to the front of what may be chosen, and is chosen.
function choose(place, card) {
  let cards = place.previousElementSibling.querySelector(".source-cards");
  if (!cards) {
    cards = document.createElement("div");
    cards.className = "source-cards";
    place.previousElementSibling.querySelector(":scope > p.quiet")?.replaceWith(cards);
  }
  cards.insertAdjacentHTML("afterbegin", card);
  const value = cards.querySelector("input").value;
  for (const twin of [...cards.querySelectorAll("input")].slice(1)) if (twin.value === value) twin.closest(".source").remove();
  cards.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
}

for (const place of document.querySelectorAll("[data-painting]")) bind(place);
