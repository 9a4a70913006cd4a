// Figures: forms that send themselves when a period is chosen, and charts that draw what the table beside them says.
// Words and numbers come from the page; numbers become floating point only here, for drawing.

import { data } from "./office.js";

document.documentElement.classList.add("scripted");

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

function colours() {
  const style = getComputedStyle(document.documentElement);
  return {
    series: ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"].map((name) => style.getPropertyValue(name).trim()),
    ink: style.getPropertyValue("--ink-2").trim(),
    line: style.getPropertyValue("--line-2").trim(),
    faint: "#a9b4bf",
  };
}

/** Digits as the page writes them; what is not known stays a gap. */
const number = (text) => (text === "" ? null : Number(text));

function grouped(value) {
  return value.toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function draw(box) {
  const told = data(box.dataset.chart);
  const { series, ink, line, faint } = colours();
  const lying = told.kind === "bars";
  if (lying) {
    const bars = told.labels.length * told.series.length;
    box.style.height = `${Math.max(200, told.labels.length * 16 + bars * 14 + 70)}px`;
  }
  const font = getComputedStyle(document.body).fontFamily;
  let next = 0;
  const datasets = told.series.map((one) => {
    const colour = one.faint ? faint : series[next++ % series.length];
    const kind = one.kind || (told.kind === "line" ? "line" : "bar");
    return {
      type: kind, label: one.label, data: one.values.map(number), backgroundColor: kind === "line" ? "transparent" : colour, borderColor: colour,
      borderWidth: kind === "line" ? 2.2 : 0, borderDash: kind === "line" && one.faint ? [5, 4] : [], pointRadius: kind === "line" ? 3 : 0,
      pointBackgroundColor: colour, borderRadius: 2, maxBarThickness: 34, spanGaps: false, order: kind === "line" ? 0 : 1,
    };
  });
  const values = { beginAtZero: true, grid: { color: line }, ticks: { color: ink, font: { family: font }, callback: (v) => grouped(v) }, title: { display: Boolean(told.unit), text: told.unit, color: ink, font: { family: font } } };
  const names = { grid: { display: false }, ticks: { color: ink, font: { family: font }, autoSkip: !lying } };
  return new window.Chart(box.querySelector("canvas"), {
    type: told.kind === "line" ? "line" : "bar",
    data: { labels: told.labels, datasets },
    options: {
      indexAxis: lying ? "y" : "x", responsive: true, maintainAspectRatio: false, animation: false, locale: "en-US",
      interaction: { mode: "index", axis: lying ? "y" : "x", intersect: false },
      scales: lying ? { x: values, y: names } : { x: names, y: values },
      plugins: {
        legend: { display: datasets.length > 1, position: "bottom", labels: { color: ink, boxWidth: 14, font: { family: font } } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${grouped(lying ? item.parsed.x : item.parsed.y)} ${told.unit}` }, bodyFont: { family: font }, titleFont: { family: font } },
      },
    },
  });
}

const charts = [];
function drawAll() {
  for (const box of document.querySelectorAll("[data-chart]")) charts.push(draw(box));
}
if (window.Chart) drawAll();
else window.addEventListener("load", drawAll);

// printers have their own width
window.addEventListener("beforeprint", () => charts.forEach((chart) => chart.resize(640, 260)));
window.addEventListener("afterprint", () => charts.forEach((chart) => chart.resize()));
