// Draws the Plotly figure standing beside it as JSON, with colours and faces from the page's theme.
let library;

function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.body.dataset.plotly;
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

// Plotly reads no oklch(): a canvas turns any CSS colour into rgba.
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function colour(element, token) {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  element.append(probe);
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = getComputedStyle(probe).color;
  pixel.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}

function themed(element, value) {
  if (typeof value === "string") return value.startsWith("--") ? colour(element, value) : value;
  if (Array.isArray(value)) return value.map((item) => themed(element, item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, themed(element, item)]));
}

function house(element) {
  const axis = { gridcolor: "--line", linecolor: "--line-strong", zerolinecolor: "--line", tickcolor: "--line-strong", automargin: true };
  const layout = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: getComputedStyle(element).fontFamily, size: 12, color: "--ink-quiet" },
    colorway: ["--ink", "--accent", "--line-strong", "--state-a", "--state-h"],
    margin: { l: 48, r: 12, t: 12, b: 40 }, hovermode: "closest", dragmode: false,
    hoverlabel: { bgcolor: "--ink", bordercolor: "--ink", font: { color: "--ink-inverse" } },
    legend: { orientation: "h", y: -0.2, x: 0 },
    xaxis: axis, yaxis: axis,
  };
  return layout;
}

function merge(base, over = {}) {
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const isPlain = value && typeof value === "object" && !Array.isArray(value);
    out[key] = isPlain ? merge(base[key] ?? {}, value) : value;
  }
  return out;
}

function address({ customdata }) {
  const found = Array.isArray(customdata) ? customdata[0] : customdata?.url ?? customdata;
  return typeof found === "string" && found.startsWith("/") ? found : null;
}

async function draw(element) {
  const canvas = element.querySelector("[data-chart-canvas]");
  const figure = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const { template, ...layout } = figure.layout ?? {}; // the house theme stands in for Plotly's
  const Plotly = await plotly();
  const options = { displayModeBar: false, responsive: true };
  await Plotly.react(canvas, themed(canvas, figure.data), themed(canvas, merge(house(canvas), layout)), options);
  return canvas;
}

export async function bind(element) {
  const canvas = await draw(element);
  canvas.on("plotly_click", ({ points }) => {
    const url = address(points[0]);
    if (url) location.assign(url);
  });
  canvas.on("plotly_hover", ({ points }) => canvas.toggleAttribute("data-clickable", Boolean(address(points[0]))));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(element));
}
