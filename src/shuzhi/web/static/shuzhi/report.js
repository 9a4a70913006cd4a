// The sheet's notes on figures, the editor whose figures cannot be typed over, and marks where something was found. Words come from the page.
import { data, announce } from "./office.js";

const words = data("report-words");

// ── notes on figures ──

let note = null;

function hide() {
  note?.remove();
  note = null;
}

function show(figure) {
  hide();
  const told = figure.dataset;
  note = document.createElement("div");
  note.className = "note";
  note.id = "figure-note";
  note.setAttribute("role", "tooltip");
  const head = document.createElement("b");
  head.textContent = told.title;
  const list = document.createElement("dl");
  const rows = Number(told.rows) ? words.rowsText.replace("{n}", told.rows) : "";
  const blanks = Number(told.blanks) ? words.blanks.replace("{n}", told.blanks) : "";
  for (const [name, value] of [[words.value, told.value], [words.period, told.period], [words.kind, told.kind], [words.rows, [rows, blanks].filter(Boolean).join(" · ")]]) {
    if (!value) continue;
    const term = document.createElement("dt");
    const text = document.createElement("dd");
    term.textContent = name;
    text.textContent = value;
    list.append(term, text);
  }
  note.append(head, list);
  if (figure.href) {
    const hint = document.createElement("small");
    hint.textContent = words.trace;
    note.append(hint);
  }
  document.body.append(note);
  figure.setAttribute("aria-describedby", "figure-note");
  const place = figure.getClientRects()[0];
  const left = Math.max(8, Math.min(place.left, document.documentElement.clientWidth - note.offsetWidth - 8));
  const below = place.bottom + note.offsetHeight + 10 < window.innerHeight;
  note.style.left = `${left + window.scrollX}px`;
  note.style.top = `${(below ? place.bottom + 6 : place.top - note.offsetHeight - 6) + window.scrollY}px`;
}

for (const figure of document.querySelectorAll(".sheet .figure")) figure.removeAttribute("title");
for (const [on, off] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  document.addEventListener(on, (event) => { const figure = event.target.closest?.(".sheet .figure"); if (figure) show(figure); });
  document.addEventListener(off, (event) => { if (event.target.closest?.(".sheet .figure")) hide(); });
}
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

// ── the editor: words can be typed, figures are locked ──

const TOKEN = /\[(\d{1,4})[:\uff1a]([^[\]\n]*)\]/g;
let unsaved = false;

function locked(key, label) {
  const chip = document.createElement("span");
  chip.className = "locked";
  chip.contentEditable = "false";
  chip.dataset.key = key;
  chip.dataset.label = label;
  const text = document.createElement("span");
  text.textContent = label;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", `${words.remove} ${label}`);
  remove.addEventListener("click", () => { const box = chip.closest(".chips-box"); chip.remove(); box?.dispatchEvent(new Event("input", { bubbles: true })); box?.focus(); });
  chip.append(text, remove);
  return chip;
}

function filled(box, text) {
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) box.append(text.slice(at, match.index));
    box.append(locked(match[1], match[2]));
    at = match.index + match[0].length;
  }
  if (at < text.length) box.append(text.slice(at));
}

function written(node) {
  let text = "";
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) text += child.data;
    else if (child.classList?.contains("locked")) text += `[${child.dataset.key}:${child.dataset.label}]`;
    else if (child.nodeName === "BR") text += "";
    else text += written(child);
  }
  return text.replaceAll("\u00a0", " ");
}

function caretIn(box) {
  const chosen = window.getSelection();
  if (chosen.rangeCount && box.contains(chosen.anchorNode)) return chosen.getRangeAt(0);
  const range = document.createRange();
  range.selectNodeContents(box);
  range.collapse(false);
  return range;
}

function put(box, node) {
  const range = caretIn(box);
  range.deleteContents();
  range.insertNode(node);
  range.setStartAfter(node);
  range.collapse(true);
  const chosen = window.getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function enhance(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "1";
  const area = form.querySelector("[name=text]");
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("submit", () => { unsaved = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.querySelector("button[value=save]").click(); }
    if (event.key === "Escape" && form.closest(".sheet") && !unsaved) form.querySelector("a.button").click();
  });
  for (const link of form.querySelectorAll("a.button")) link.addEventListener("click", () => { unsaved = false; if (form.closest(".sheet")) setTimeout(() => location.reload()); });
  if (!("chips" in area.dataset)) { area.focus(); return; }
  const box = document.createElement("div");
  box.className = "chips-box";
  box.contentEditable = "true";
  box.lang = "zh-Hans";
  box.setAttribute("role", "textbox");
  box.setAttribute("aria-multiline", "true");
  const label = form.querySelector(`label[for="${area.id}"]`);
  label.id ||= `${area.id}-label`;
  box.setAttribute("aria-labelledby", label.id);
  box.setAttribute("aria-describedby", area.getAttribute("aria-describedby") || "");
  filled(box, area.value);
  area.hidden = true;
  area.after(box);
  label.removeAttribute("for");
  label.addEventListener("click", () => box.focus());
  box.addEventListener("input", () => { area.value = written(box); });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault(); });
  box.addEventListener("paste", (event) => {
    event.preventDefault();
    put(box, document.createTextNode(event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, "")));
  });
  box.addEventListener("drop", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-insert]")) {
    button.hidden = false;
    button.closest("li").querySelector(".fallback").hidden = true;
    button.setAttribute("aria-label", `${words.insert} ${button.textContent.trim()}`);
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => put(box, locked(button.dataset.insert, `${button.dataset.label} ${button.dataset.text}`)));
  }
  box.focus();
  announce(words.editing);
}

for (const form of document.querySelectorAll("[data-editor]")) enhance(form);
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

// ── parts that come later: the editor in the sheet, what was found ──

document.addEventListener("htmx:afterSwap", (event) => {
  for (const form of event.target.querySelectorAll("[data-editor]")) enhance(form);
  for (const link of event.target.querySelectorAll("[data-finding]")) document.getElementById(link.dataset.finding)?.classList.add("has-finding");
});
