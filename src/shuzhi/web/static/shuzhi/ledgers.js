// Ledgers: narrowing the overview while typing; in a table: moving by keys, ticking records, short addresses. Everything works without it.

import { announce } from "./office.js";

document.documentElement.classList.add("scripted");

// the overview: show the ledgers whose name has what is typed
const narrows = document.querySelector("[data-narrows]");
if (narrows) {
  const rows = [...document.querySelectorAll(`${narrows.dataset.narrows} [data-words]`)];
  const nothing = document.querySelector("[data-narrowed-empty]");
  const narrow = () => {
    const wanted = narrows.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.dataset.words.includes(wanted);
    for (const area of document.querySelectorAll(".ledger-area")) area.hidden = !area.querySelector("[data-words]:not([hidden])");
    if (nothing) nothing.hidden = rows.some((row) => !row.hidden) || !rows.length;
  };
  narrows.addEventListener("input", narrow);
  if (narrows.value) narrow();
}

const links = () => [...document.querySelectorAll("[data-row-link]")];

function move(step) {
  const all = links();
  if (!all.length) return;
  const row = document.activeElement.closest?.("[data-row]");
  const here = row ? all.indexOf(row.querySelector("[data-row-link]")) : step > 0 ? -1 : all.length;
  const next = all[Math.max(0, Math.min(all.length - 1, here + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

/** Whether everything that scrolls is at its end already, so that a page key means another page of records. */
function isAtEnd(down) {
  const box = document.querySelector(".rows-box");
  const page = document.scrollingElement;
  const ends = (one) => (down ? one.scrollTop + one.clientHeight >= one.scrollHeight - 4 : one.scrollTop <= 4);
  return (!box || ends(box)) && ends(page);
}

let turned = 0;

function turn(down) {
  const link = document.querySelector(`#table-part .pager a[rel=${down ? "next" : "prev"}]`);
  if (!link) return false;
  turned = down ? 1 : -1;
  link.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!document.getElementById("table-part") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]")) return;
  if (event.key === "j" || event.key === "k") { event.preventDefault(); move(event.key === "j" ? 1 : -1); }
  if (event.key === "x") event.target.closest("[data-row]")?.querySelector("input[name=record]")?.click();
  if ((event.key === "PageDown" || event.key === "PageUp") && isAtEnd(event.key === "PageDown") && turn(event.key === "PageDown")) event.preventDefault();
});

// ticking records
function tell() {
  const bar = document.querySelector(".withdraw-bar");
  if (!bar) return;
  const boxes = [...document.querySelectorAll("#rows-form input[name=record]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const words = bar.querySelector("[data-ticked-count]");
  if (ticked) words.textContent = words.dataset.words.replace("{n}", ticked);
  bar.classList.toggle("in-use", ticked > 0);
  const all = document.querySelector("[data-tick-all]");
  if (all) { all.checked = ticked > 0 && ticked === boxes.length; all.indeterminate = ticked > 0 && ticked < boxes.length; }
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) for (const box of document.querySelectorAll("#rows-form input[name=record]")) box.checked = event.target.checked;
  if (event.target.matches("[data-tick-all], #rows-form input[name=record]")) tell();
  if (event.target.matches("input[name=col]")) event.target.closest("details").dataset.touched = "1";
});
tell();

// addresses without empty parts; columns only when somebody chose them
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (elt.id !== "table-form") return;
  const chosen = elt.querySelector("[data-panel=columns]")?.dataset.touched || new URLSearchParams(location.search).has("col");
  const data = event.detail.formData ?? parameters;
  const kept = [...data.entries()].filter(([name, value]) => value !== "" && (name !== "col" || chosen));
  for (const name of new Set([...data.keys()])) data.delete(name);
  for (const [name, value] of kept) data.append(name, value);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "table-part" && event.detail.elt?.id !== "table-part") return;
  tell();
  const count = document.getElementById("table-count");
  if (count) announce(count.textContent);
  if (turned) { const all = links(); (turned > 0 ? all[0] : all.at(-1))?.focus({ preventScroll: turned > 0 }); turned = 0; }
});
