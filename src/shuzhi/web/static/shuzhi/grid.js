// The entry table: cells are text, and one native input stands in the active cell (so input methods, phones and screen readers work as in any
// field). Keys are those of Excel. What is typed is checked by the server while typing, kept as a draft every few seconds, and submitted as a
// whole. All words come from the page.

import { send, toast, announce, confirmed, data, token } from "./office.js";

const CHECK_AFTER = 450, DRAFT_EVERY = 5000, CHECK_ROWS = 250, FIRST_ROWS = 15, SHOWN_PROBLEMS = 60, UNDO_STEPS = 200;

/** "{row}" and the like filled in. */
export function filled(text, parts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in parts ? parts[name] : whole));
}

/** A block as Excel and WPS put it on the clipboard: tabs between cells, a cell with line breaks in quotes. */
export function parseBlock(text) {
  const rows = [];
  let row = [], at = 0;
  const end = text.length;
  while (at <= end) {
    let cell;
    if (text[at] === '"') {
      const close = closingQuote(text, at);
      if (close > 0) {
        cell = text.slice(at + 1, close).replaceAll('""', '"').replaceAll("\r\n", "\n");
        at = close + 1;
      }
    }
    if (cell === undefined) {
      const start = at;
      while (at < end && text[at] !== "\t" && text[at] !== "\n" && text[at] !== "\r") at += 1;
      cell = text.slice(start, at);
    }
    row.push(cell.trim());
    if (text[at] === "\t") { at += 1; continue; }
    rows.push(row);
    row = [];
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    if (at >= end) break;
  }
  while (rows.length && rows[rows.length - 1].every((cell) => !cell)) rows.pop();
  return rows;
}

/** Where the cell that begins with a quote ends, or -1 when the quote is just a character of it. */
function closingQuote(text, from) {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] === '"') { at += 1; continue; }
    const next = text[at + 1];
    return next === undefined || next === "\t" || next === "\n" || next === "\r" ? at : -1;
  }
  return -1;
}

/** Cells as text for the clipboard, quoted where Excel needs it. */
export function writeBlock(rows) {
  return rows.map((row) => row.map((cell) => (/[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t")).join("\n");
}

/** A header as it is compared: half-width, no spaces, and the unit it names in brackets. */
export function readHeader(text) {
  const plain = text.normalize("NFKC").toLowerCase().replace(/[\s*]+/g, "");
  const match = /^(.+?)[(\[/]([^()\[\]/]+)[)\]]?$/.exec(plain);
  return match ? { name: match[1], unit: match[2], whole: plain } : { name: plain, unit: "", whole: plain };
}

/** Which column each cell of a header row names: [{column, unit}|null, …], or null when the row is no header. */
export function matchHeader(cells, columns) {
  const names = new Map();
  columns.forEach((column, index) => {
    for (const name of [column.title_zh, column.title_en, column.title, column.key, ...column.synonyms]) {
      if (name && !names.has(readHeader(name).whole)) names.set(readHeader(name).whole, index);
    }
  });
  let matched = 0, named = 0;
  const used = new Set();
  const plan = cells.map((cell) => {
    if (!cell) return null;
    named += 1;
    const { name, unit, whole } = readHeader(cell);
    const index = names.get(whole) ?? names.get(name);
    if (index === undefined || used.has(index)) return null;
    used.add(index);
    matched += 1;
    return { column: index, unit: names.has(whole) ? "" : unit };
  });
  return matched >= Math.min(2, named) && matched * 2 >= named && matched > 0 ? plan : null;
}

const NUMBER = /^[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/;

/** Sum of decimal texts, exactly: {text, others} where `others` counts what is not a plain number. */
export function sumOf(texts) {
  let total = 0n, places = 0, others = 0, count = 0;
  const numbers = [];
  for (const text of texts) {
    if (!text) continue;
    const plain = text.normalize("NFKC").trim();
    if (!NUMBER.test(plain)) { others += 1; continue; }
    const [whole, rest = ""] = plain.replaceAll(",", "").split(".");
    places = Math.max(places, rest.length);
    numbers.push([whole, rest]);
    count += 1;
  }
  for (const [whole, rest] of numbers) total += BigInt(whole.replace("+", "") + rest.padEnd(places, "0"));
  if (!count) return { text: "", others, count };
  const sign = total < 0n ? "-" : "";
  const digits = (total < 0n ? -total : total).toString().padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = places ? digits.slice(-places).replace(/0+$/, "") : "";
  return { text: sign + whole + (rest ? `.${rest}` : ""), others, count };
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

class Grid {
  constructor(form) {
    this.form = form;
    const found = data("grid-data");
    Object.assign(this, { columns: found.columns, addresses: found.addresses, words: found.words, limit: found.limit, today: found.today, title: found.ledger });
    this.dateColumn = this.columns.findIndex((c) => c.key === found.dateColumn);
    this.table = form.querySelector("table.grid");
    this.body = this.table.tBodies[0];
    this.box = form.querySelector("[data-grid-box]");
    this.rows = [];
    this.nextId = 1;
    this.active = { row: 0, column: this.firstTyped() };
    this.anchor = { ...this.active };
    this.editing = "";
    this.done = [];
    this.undone = [];
    this.dirty = new Set();
    this.draft = Number(form.elements.draft.value) || null;
    this.changes = 0;
    this.keptChanges = 0;
    this.leaving = false;
    const plain = found.rows.length ? found.rows : this.fromInputs();
    for (const old of form.querySelectorAll(".without-script")) old.remove();
    for (const part of form.parentElement.querySelectorAll(".with-script")) if (!part.matches("[data-refused], [data-too-many], [data-problems]")) part.hidden = false;
    this.table.setAttribute("role", "grid");
    this.table.setAttribute("aria-colcount", String(this.columns.length + 1));
    this.table.classList.add("live");
    // drawn as boxes, the table says itself what its parts are
    const parts = { "thead, tbody, tfoot": "rowgroup", tr: "row", "thead th": "columnheader", "tfoot th": "rowheader", "tfoot td": "gridcell" };
    for (const [selector, role] of Object.entries(parts)) for (const part of this.table.querySelectorAll(selector)) part.setAttribute("role", role);
    this.body.replaceChildren();
    this.makeEditors();
    this.insertRows(0, plain.map((values) => this.newRow(values)));
    if (this.rows.length < FIRST_ROWS) this.insertRows(this.rows.length, Array.from({ length: FIRST_ROWS - this.rows.length }, () => this.newRow({})));
    this.listen();
    this.moveTo(0, this.active.column, { focus: plain.length === 0 && !document.querySelector("[data-focus]") && window.matchMedia("(min-width: 761px)").matches });
    for (const row of this.rows) if (!this.isBlank(row)) this.dirty.add(row.id);
    this.totals();
    this.checkSoon();
    this.state();
  }

  fromInputs() {
    const count = Number(this.form.elements.rows.value);
    const rows = [];
    for (let n = 1; n <= count; n += 1) {
      const values = {};
      for (const column of this.columns) {
        const value = this.form.elements[`r${n}-${column.key}`]?.value;
        if (value) values[column.key] = value;
      }
      rows.push(values);
    }
    while (rows.length && !Object.keys(rows[rows.length - 1]).length) rows.pop();
    return rows;
  }

  firstTyped() { return this.columns.findIndex((c) => c.kind !== "computed"); }
  isBlank(row) { return !Object.values(row.values).some((v) => v.trim()); }
  filledRows() { return this.rows.filter((row) => !this.isBlank(row)); }

  // ── rows and cells ────────────────────────────────────────────────────────────────────────────────────────────────

  newRow(values) {
    return { id: this.nextId++, values: { ...values }, errors: {}, warnings: {}, computed: {}, revision: 0, tr: null, cells: [] };
  }

  draw(row) {
    const tr = (this.pattern ??= this.makePattern()).cloneNode(true);
    row.tr = tr;
    row.cells = [...tr.children].slice(1);
    tr.dataset.id = row.id;
    const marked = Object.keys(row.errors).length || Object.keys(row.warnings).length;
    this.columns.forEach((_, index) => {
      const value = this.valueAt(row, index);
      if (marked) this.drawCell(row, index);
      else if (value) row.cells[index].textContent = value;
    });
    return tr;
  }

  makePattern() {
    const tr = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.className = "row-number";
    head.setAttribute("role", "rowheader");
    tr.setAttribute("role", "row");
    tr.append(head);
    for (const column of this.columns) {
      const td = document.createElement("td");
      td.className = `kind-${column.kind}`;
      td.setAttribute("role", "gridcell");
      if (column.kind === "computed") td.setAttribute("aria-readonly", "true");
      tr.append(td);
    }
    return tr;
  }

  valueAt(row, column) {
    const { key, kind } = this.columns[column];
    return (kind === "computed" ? row.computed[key] : row.values[key]) ?? "";
  }

  drawCell(row, column) {
    const td = row.cells[column], { key } = this.columns[column];
    const value = this.valueAt(row, column);
    const editor = td.firstElementChild;
    if (editor) editor.value = value;
    else if (td.textContent !== value) td.textContent = value;
    const wrong = row.errors[key], warned = row.warnings[key];
    td.classList.toggle("wrong", Boolean(wrong));
    td.classList.toggle("warned", Boolean(warned) && !wrong);
    const message = (wrong || warned || []).join(" ");
    if (td.title !== message) td.title = message;
  }

  number() {
    this.rows.forEach((row, index) => {
      const head = row.tr.firstElementChild, text = String(index + 1);
      if (head.textContent !== text) { head.textContent = text; row.tr.setAttribute("aria-rowindex", String(index + 2)); }
    });
    this.table.setAttribute("aria-rowcount", String(this.rows.length + 1));
  }

  insertRows(at, rows) {
    const part = document.createDocumentFragment();
    for (const row of rows) part.append(row.tr ?? this.draw(row));
    this.body.insertBefore(part, this.rows[at]?.tr ?? null);
    this.rows.splice(at, 0, ...rows);
    this.number();
  }

  takeRows(at, count) {
    const gone = this.rows.splice(at, count);
    for (const row of gone) row.tr.remove();
    this.number();
    return gone;
  }

  // ── changes that can be undone ────────────────────────────────────────────────────────────────────────────────────

  /** A step: {cells: [{row, key, from, to}], added: {at, rows}, removed: [{at, rows}]}; `cells` alone, or rows alone, may be there. */
  perform(step, { redo = false } = {}) {
    for (const cut of step.removed ?? []) this.takeRows(cut.at, cut.rows.length);
    if (step.added) this.insertRows(step.added.at, step.added.rows);
    for (const { row, key, to } of step.cells ?? []) this.put(row, key, to);
    this.done.push(step);
    if (this.done.length > UNDO_STEPS) this.done.shift();
    if (!redo) this.undone = [];
    this.changed();
  }

  undo() {
    this.stopEditing(false);
    const step = this.done.pop();
    if (!step) return;
    for (const { row, key, from } of [...(step.cells ?? [])].reverse()) this.put(row, key, from);
    if (step.added) this.takeRows(step.added.at, step.added.rows.length);
    for (const cut of [...(step.removed ?? [])].reverse()) this.insertRows(cut.at, cut.rows);
    this.undone.push(step);
    this.changed();
    const first = step.cells?.[0];
    const at = first ? this.rows.indexOf(first.row) : -1;
    if (at >= 0) this.moveTo(at, this.columns.findIndex((c) => c.key === first.key));
    else this.moveTo(this.active.row, this.active.column);
  }

  redo() {
    const step = this.undone.pop();
    if (step) { this.perform(step, { redo: true }); this.moveTo(this.active.row, this.active.column); }
  }

  put(row, key, value) {
    if (value) row.values[key] = value;
    else delete row.values[key];
    row.revision += 1;
    this.dirty.add(row.id);
    if (row.tr) this.drawCell(row, this.columns.findIndex((c) => c.key === key));
  }

  changed() {
    this.changes += 1;
    if (!this.rows.length) this.insertRows(0, [this.newRow({})]);
    this.active.row = Math.min(this.active.row, this.rows.length - 1);
    this.totalsSoon();
    this.checkSoon();
    this.state();
  }

  /** Steps for new values of cells: [[row index, column index, text], …]; computed columns and what stays the same are left out. */
  cellChanges(wanted) {
    const cells = [];
    for (const [r, c, text] of wanted) {
      const row = this.rows[r], column = this.columns[c];
      if (!row || !column || column.kind === "computed") continue;
      const from = row.values[column.key] ?? "";
      if (from !== text) cells.push({ row, key: column.key, from, to: text });
    }
    return cells;
  }

  // ── the active cell ───────────────────────────────────────────────────────────────────────────────────────────────

  makeEditors() {
    const dress = (element) => {
      element.className = "cell-editor";
      element.autocomplete = "off";
      element.spellcheck = false;
      element.setAttribute("aria-describedby", "cell-message");
      return element;
    };
    this.textEditor = dress(document.createElement("textarea"));
    this.textEditor.rows = 1;
    this.listEditor = dress(document.createElement("input"));
    this.list = document.createElement("datalist");
    this.list.id = "grid-list";
    this.listEditor.setAttribute("list", this.list.id);
    this.form.append(this.list);
    for (const editor of [this.textEditor, this.listEditor]) {
      editor.addEventListener("input", () => this.typed());
      editor.addEventListener("compositionstart", () => this.begin("type"));
      editor.addEventListener("keydown", (event) => this.key(event));
      editor.addEventListener("paste", (event) => this.pasted(event));
      editor.addEventListener("copy", (event) => this.copied(event));
      editor.addEventListener("cut", (event) => this.copied(event, true));
      editor.addEventListener("blur", () => this.left());
    }
  }

  hasList(column) { return ["choice", "boolean", "unit", "definition", "reference"].includes(column.kind); }

  moveTo(row, column, { extend = false, focus = true } = {}) {
    this.stopEditing(true);
    row = Math.max(0, Math.min(row, this.rows.length - 1));
    column = Math.max(0, Math.min(column, this.columns.length - 1));
    this.active = { row, column };
    if (!extend) this.anchor = { row, column };
    const line = this.rows[row], spec = this.columns[column], td = line.cells[column];
    const editor = this.hasList(spec) ? this.listEditor : this.textEditor;
    const message = (line.errors[spec.key] ?? line.warnings[spec.key] ?? []).join(" ");
    if (this.editor !== editor || this.editor.parentElement !== td) {
      this.dropEditor();
      td.textContent = "";
      td.classList.add("active");
      td.parentElement.classList.add("active-row");
      td.append(editor);
      this.editor = editor;
    }
    editor.value = this.valueAt(line, column);
    editor.readOnly = spec.kind === "computed";
    editor.inputMode = spec.inputmode || "text";
    editor.setAttribute("aria-label", filled(this.words.cell, { row: row + 1, column: spec.title }) + (spec.is_required ? ` ${this.words.required}` : ""));
    editor.setAttribute("aria-invalid", String(Boolean(line.errors[spec.key])));
    if (editor === this.listEditor && this.listOf !== spec.key) this.fillList(spec);
    this.select();
    this.tell(message);
    if (focus) {
      editor.focus({ preventScroll: true });
      editor.select();
      this.reveal(td);
    }
  }

  /** Take the editor out of its cell and write the cell's text there again. */
  dropEditor() {
    const td = this.editor?.parentElement;
    if (!td) return;
    this.editor.remove();
    td.classList.remove("active");
    td.parentElement.classList.remove("active-row");
    const id = Number(td.parentElement.dataset.id), row = this.rows.find((one) => one.id === id);
    if (row) this.drawCell(row, row.cells.indexOf(td));
  }

  /** Keep the active cell clear of the fixed header, first columns and totals. */
  reveal(td) {
    const box = this.box.getBoundingClientRect(), cell = td.getBoundingClientRect();
    const head = this.table.tHead.getBoundingClientRect().height, foot = this.table.tFoot.getBoundingClientRect().height;
    const fixed = [...this.table.tHead.rows[0].cells].slice(0, 2).reduce((sum, th) => sum + (getComputedStyle(th).position === "sticky" && getComputedStyle(th).left !== "auto" ? th.getBoundingClientRect().width : 0), 0);
    if (cell.top < box.top + head) this.box.scrollTop -= box.top + head - cell.top;
    else if (cell.bottom > box.bottom - foot - 14) this.box.scrollTop += cell.bottom - (box.bottom - foot - 14);
    if (this.active.column > 0) {
      if (cell.left < box.left + fixed) this.box.scrollLeft -= box.left + fixed - cell.left;
      else if (cell.right > box.right - 14) this.box.scrollLeft += cell.right - (box.right - 14);
    } else this.box.scrollLeft = 0;
    const screen = td.getBoundingClientRect();
    if (screen.bottom > window.innerHeight - 90 || screen.top < 60) td.scrollIntoView({ block: "center", inline: "nearest" });
  }

  area() {
    return {
      top: Math.min(this.active.row, this.anchor.row), bottom: Math.max(this.active.row, this.anchor.row),
      left: Math.min(this.active.column, this.anchor.column), right: Math.max(this.active.column, this.anchor.column),
    };
  }

  select() {
    for (const td of this.marked ?? []) td.removeAttribute("aria-selected");
    this.marked = [];
    const { top, bottom, left, right } = this.area();
    for (let r = top; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) {
      const td = this.rows[r].cells[c];
      td.setAttribute("aria-selected", "true");
      this.marked.push(td);
    }
    const before = this.chosen;
    this.chosen = top !== bottom || left !== right;
    if (this.chosen) {
      const total = sumOf(this.marked.map((td) => td.firstElementChild?.value ?? td.textContent));
      this.status(filled(this.words.chosen, { rows: bottom - top + 1, columns: right - left + 1 }) + (total.count > 1 ? ` · ${filled(this.words.sum, { sum: total.text })}` : ""));
    } else if (before) this.state();
  }

  tell(message) {
    const line = this.form.querySelector("[data-cell-message]");
    line.textContent = message || line.dataset.hint;
    line.classList.toggle("field-error", Boolean(message) && this.editor.getAttribute("aria-invalid") === "true");
    line.classList.toggle("field-warning", Boolean(message) && this.editor.getAttribute("aria-invalid") !== "true");
  }

  begin(how) {
    if (this.editing || this.editor.readOnly) return;
    this.editing = how;
    this.editor.classList.add("editing");
    this.suggest();
  }

  typed() {
    if (!this.editing) this.begin("type");
    if (this.editor === this.textEditor) this.grow();
    this.suggest();
  }

  grow() {
    this.textEditor.rows = Math.min(6, this.textEditor.value.split("\n").length);
  }

  /** Ends editing; `keep` writes what stands in the editor. */
  stopEditing(keep) {
    if (!this.editing) return;
    const { row, column } = this.active;
    const text = this.editor.value.trim();
    this.editing = "";
    this.editor.classList.remove("editing");
    this.textEditor.rows = 1;
    if (!keep) { this.editor.value = this.valueAt(this.rows[row], column); return; }
    const wanted = [[row, column, text]];
    const line = this.rows[row];
    if (text && this.isBlank(line) && this.dateColumn >= 0 && column !== this.dateColumn) wanted.push([row, this.dateColumn, this.usualDate(row)]);
    const cells = this.cellChanges(wanted);
    if (cells.length) this.perform({ cells });
    else this.editor.value = text;
    if (row === this.rows.length - 1 && text) this.insertRows(this.rows.length, [this.newRow({})]);
  }

  /** The date of the row above, else today: what a new row begins with. */
  usualDate(row) {
    const key = this.columns[this.dateColumn].key;
    return this.rows[row - 1]?.values[key] || this.today;
  }

  left() {
    // a picker or the sign-in dialog may take the focus; what was typed is kept either way
    setTimeout(() => { if (document.activeElement !== this.editor && document.hasFocus()) this.stopEditing(true); }, 0);
  }

  fillList(spec) {
    this.listOf = spec.key;
    this.list.replaceChildren(...spec.options.map((text) => Object.assign(document.createElement("option"), { value: text })));
  }

  suggest() {
    const spec = this.columns[this.active.column];
    if (spec.kind !== "reference" || spec.is_personal) return;
    clearTimeout(this.suggesting);
    this.suggesting = setTimeout(async () => {
      const unit = this.rows[this.active.row].values.organisation ?? "";
      const answer = await send(this.addresses.suggest, { method: "POST", quiet: true, body: JSON.stringify({ field: spec.key, q: this.editor.value, unit }), headers: { "Content-Type": "application/json" } });
      if (!answer?.ok || this.columns[this.active.column] !== spec) return;
      const { found } = await answer.json();
      this.listOf = "";
      this.list.replaceChildren(...found.map(({ value, label }) => Object.assign(document.createElement("option"), { value, label: label ? `${value} ${label}` : value })));
    }, 180);
  }

  // ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, shiftKey: shift, altKey: alt } = event;
    const ctrl = event.ctrlKey || event.metaKey;
    const { row, column } = this.active;
    const go = (r, c, extend = false) => { event.preventDefault(); this.tabFrom = null; this.moveTo(r, c, { extend }); };
    // as in Excel: after some Tabs, Enter goes down and back to where the Tabs began
    const enter = () => go(row + (shift ? -1 : 1), this.tabFrom ?? column);
    const act = (action) => { event.preventDefault(); action(); };
    if (key === "F8") return act(() => this.nextProblem(shift ? -1 : 1));
    if (ctrl && key === "Enter") return act(() => this.submit());
    if (ctrl && key.toLowerCase() === "s") return act(() => { this.stopEditing(true); this.saveDraft(true); });
    if (this.editing) {
      if (key === "Escape") return act(() => { this.stopEditing(false); this.editor.select(); });
      if (key === "Enter" && alt) return act(() => this.breakLine());
      if (key === "Enter") return enter();
      if (key === "Tab") return this.tab(event, shift);
      if (this.editing === "type" && !this.hasList(this.columns[column])) {
        if (key === "ArrowUp") return go(row - 1, column);
        if (key === "ArrowDown") return go(row + 1, column);
        if (key === "ArrowLeft") return go(row, column - 1);
        if (key === "ArrowRight") return go(row, column + 1);
      }
      return undefined;
    }
    if (key === "F2") return act(() => { this.begin("edit"); this.editor.setSelectionRange(this.editor.value.length, this.editor.value.length); });
    if (alt && key === "ArrowDown") return act(() => { this.begin("edit"); this.listEditor.showPicker?.(); });
    if (key === "Escape") return act(() => this.form.querySelector("[data-do=submit]").focus());
    if (key === "Tab") return this.tab(event, shift);
    if (key === "Enter") return enter();
    if (key === "ArrowUp") return go(ctrl ? this.edge(-1, 0).row : row - 1, column, shift);
    if (key === "ArrowDown") return go(ctrl ? this.edge(1, 0).row : row + 1, column, shift);
    if (key === "ArrowLeft") return go(row, ctrl ? 0 : column - 1, shift);
    if (key === "ArrowRight") return go(row, ctrl ? this.columns.length - 1 : column + 1, shift);
    if (key === "PageUp") return go(row - 12, column, shift);
    if (key === "PageDown") return go(row + 12, column, shift);
    if (key === "Home") return go(ctrl ? 0 : row, 0, shift);
    if (key === "End") return go(ctrl ? this.lastFilled() : row, this.columns.length - 1, shift);
    if (key === "Delete" || key === "Backspace") return act(() => this.clear());
    if (ctrl && key === "-") return act(() => this.removeRows());
    if (ctrl && key === ";") return act(() => { this.perform({ cells: this.cellChanges([[row, column, this.today]]) }); this.moveTo(row, column); });
    if (ctrl && !alt) {
      const name = key.toLowerCase();
      if (name === "d") return act(() => this.fillDown());
      if (name === "z") return act(() => (shift ? this.redo() : this.undo()));
      if (name === "y") return act(() => this.redo());
      if (name === "a") return act(() => { this.anchor = { row: 0, column: 0 }; this.moveTo(Math.max(this.lastFilled(), 0), this.columns.length - 1, { extend: true }); });
    }
    return undefined;
  }

  tab(event, shift) {
    const last = this.columns.length - 1;
    let { row, column } = this.active;
    do {
      column += shift ? -1 : 1;
      if (column > last) { column = 0; row += 1; }
      if (column < 0) { column = last; row -= 1; }
    } while (this.columns[column]?.kind === "computed" && row >= 0);
    if (row < 0) return; // out of the table, backwards
    this.tabFrom = shift ? null : (this.tabFrom ?? this.active.column);
    event.preventDefault();
    this.stopEditing(true);
    if (row >= this.rows.length) this.insertRows(this.rows.length, [this.newRow({})]);
    this.moveTo(row, column);
  }

  breakLine() {
    if (this.editor !== this.textEditor) return;
    this.textEditor.setRangeText("\n", this.textEditor.selectionStart, this.textEditor.selectionEnd, "end");
    this.grow();
  }

  /** As far as the block of filled (or blank) cells goes, like Ctrl with an arrow in Excel. */
  edge(down) {
    const { column } = this.active;
    let { row } = this.active;
    const full = (r) => Boolean(this.valueAt(this.rows[r], column));
    const inside = (r) => r >= 0 && r < this.rows.length;
    if (inside(row + down) && full(row) && full(row + down)) while (inside(row + down) && full(row + down)) row += down;
    else { row += down; while (inside(row) && !full(row)) row += down; }
    return { row: Math.max(0, Math.min(row, this.rows.length - 1)) };
  }

  lastFilled() {
    for (let r = this.rows.length - 1; r >= 0; r -= 1) if (!this.isBlank(this.rows[r])) return r;
    return -1;
  }

  clear() {
    const { top, bottom, left, right } = this.area();
    const wanted = [];
    for (let r = top; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) wanted.push([r, c, ""]);
    const cells = this.cellChanges(wanted);
    if (cells.length) this.perform({ cells });
    this.moveTo(this.active.row, this.active.column, { extend: true });
  }

  fillDown() {
    this.stopEditing(true);
    const { top, bottom, left, right } = this.area();
    const from = top === bottom ? top - 1 : top;
    if (from < 0) return;
    const wanted = [];
    for (let r = from + 1; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) wanted.push([r, c, this.rows[from].values[this.columns[c].key] ?? ""]);
    const cells = this.cellChanges(wanted);
    if (cells.length) this.perform({ cells });
    this.moveTo(this.active.row, this.active.column, { extend: true });
  }

  removeRows() {
    this.stopEditing(true);
    const { top, bottom } = this.area();
    const rows = this.rows.slice(top, bottom + 1);
    this.dropEditor();
    this.perform({ removed: [{ at: top, rows }] });
    this.moveTo(top, this.active.column);
    toast(filled(this.words.removed, { n: rows.length }), { undo: { label: this.words.undo, action: () => this.undo() } });
  }

  addRows(count) {
    const rows = Array.from({ length: count }, () => this.newRow({}));
    this.perform({ added: { at: this.rows.length, rows } });
  }

  // ── the clipboard ─────────────────────────────────────────────────────────────────────────────────────────────────

  copied(event, cut = false) {
    if (this.editing) return;
    const { top, bottom, left, right } = this.area();
    const block = [];
    for (let r = top; r <= bottom; r += 1) block.push(this.columns.slice(left, right + 1).map((_, c) => this.valueAt(this.rows[r], left + c)));
    event.clipboardData.setData("text/plain", writeBlock(block));
    event.preventDefault();
    if (cut) this.clear();
  }

  pasted(event) {
    const text = event.clipboardData.getData("text/plain");
    if (this.editing && !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    this.stopEditing(false);
    this.paste(parseBlock(text));
  }

  paste(block) {
    if (!block.length) return;
    const { top, bottom, left, right } = this.area();
    if (block.length === 1 && block[0].length === 1 && this.chosen) {
      const wanted = [];
      for (let r = top; r <= bottom; r += 1) for (let c = left; c <= right; c += 1) wanted.push([r, c, block[0][0]]);
      const cells = this.cellChanges(wanted);
      if (cells.length) this.perform({ cells });
      this.moveTo(this.active.row, this.active.column, { extend: true });
      return;
    }
    const plan = block.length > 1 ? matchHeader(block[0], this.columns) : null;
    const lines = plan ? block.slice(1) : block;
    if (top + lines.length > this.limit) { this.offerImport(block, lines.length, left); return; }
    const width = Math.max(...block.map((line) => line.length));
    const places = plan ?? Array.from({ length: width }, (_, index) => (left + index < this.columns.length ? { column: left + index, unit: "" } : null));
    const missing = top + lines.length - this.rows.length;
    const rows = Array.from({ length: Math.max(0, missing) }, () => this.newRow({}));
    const targets = [...this.rows.slice(top, top + lines.length), ...rows];
    const cells = [];
    lines.forEach((line, index) => {
      const row = targets[index], fresh = index >= targets.length - rows.length;
      places.forEach((place, at) => {
        const column = place && this.columns[place.column];
        if (!column || column.kind === "computed" || line[at] === undefined) return;
        let text = line[at];
        if (place.unit && text && column.unit_names.includes(place.unit) && NUMBER.test(text)) text += place.unit;
        const from = row.values[column.key] ?? "";
        if (from === text) return;
        // rows that are new anyway are written before they are drawn: a thousand of them cost one drawing
        if (fresh) { row.values[column.key] = text; row.revision += 1; this.dirty.add(row.id); } else cells.push({ row, key: column.key, from, to: text });
      });
    });
    for (const row of rows) if (!this.isBlank(row)) this.dirty.add(row.id);
    this.perform({ cells, ...(rows.length ? { added: { at: this.rows.length, rows } } : {}) });
    this.moveTo(top, plan ? 0 : left);
    const notes = [plan
      ? filled(this.words.pastedHeader, { rows: lines.length, columns: plan.filter(Boolean).map((p) => this.columns[p.column].title).join(" ") })
      : filled(this.words.pasted, { rows: lines.length, columns: places.filter(Boolean).length })];
    const ignored = plan ? block[0].filter((cell, at) => cell && !plan[at]) : [];
    if (ignored.length) notes.push(filled(this.words.ignored, { columns: ignored.join(" ") }));
    if (!plan && left + width > this.columns.length) notes.push(filled(this.words.cut, { n: left + width - this.columns.length }));
    toast(notes.join(" · "), { undo: { label: this.words.undo, action: () => this.undo() }, seconds: 10 });
    announce(notes.join(" "));
  }

  offerImport(block, count, left) {
    this.tooMany = matchHeader(block[0], this.columns) ? block : [this.columns.slice(left).map((c) => c.title_zh), ...block];
    const note = this.form.querySelector("[data-too-many]");
    note.querySelector("[data-too-many-text]").textContent = filled(this.words.tooMany, { n: count, limit: this.limit });
    note.hidden = false;
    note.scrollIntoView({ block: "center" });
    note.querySelector("button").focus();
  }

  /** To the import with the pasted rows as the file that is uploaded. */
  takeToImport() {
    const csv = this.tooMany.map((line) => line.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",")).join("\r\n");
    const file = new File(["\ufeff" + csv], `${this.title}.csv`, { type: "text/csv" });
    const form = Object.assign(document.createElement("form"), { method: "post", action: this.addresses.import, enctype: "multipart/form-data", hidden: true });
    const chooser = Object.assign(document.createElement("input"), { type: "file", name: "files" });
    const carried = new DataTransfer();
    carried.items.add(file);
    chooser.files = carried.files;
    form.append(chooser);
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token(), ledger: data("grid-data").key })) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    this.keepOnLeaving(); // the rows that stand here already stay as a draft
    this.leaving = true;
    form.submit();
  }

  // ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────

  checkSoon() {
    clearTimeout(this.checking);
    if (this.dirty.size) this.checking = setTimeout(() => this.check(), CHECK_AFTER);
  }

  keyOf(row) {
    const keys = this.columns.filter((c) => c.is_key);
    return keys.some((c) => row.values[c.key]) ? keys.map((c) => row.values[c.key] ?? "").join("\u0001") : "";
  }

  /** Changed rows, with those that share a key with them or did before: whether a key repeats is seen only side by side. */
  toCheck() {
    const keys = new Map();
    for (const row of this.rows) {
      const key = this.keyOf(row);
      if (key) keys.set(key, [...(keys.get(key) ?? []), row]);
    }
    const chosen = new Set();
    for (const row of this.rows) {
      if (!this.dirty.has(row.id) || chosen.size >= CHECK_ROWS) continue;
      chosen.add(row);
      for (const other of keys.get(this.keyOf(row)) ?? []) chosen.add(other);
    }
    for (const row of this.rows) if (row.repeated) for (const other of keys.get(this.keyOf(row)) ?? [row]) chosen.add(other);
    return this.rows.filter((row) => chosen.has(row)).slice(0, this.limit);
  }

  sent(rows) {
    const numbers = new Map(this.rows.map((row, index) => [row, index + 1]));
    return rows.map((row) => ({ id: row.id, number: numbers.get(row), values: row.values }));
  }

  async post(address, body, options = {}) {
    return send(address, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, ...options });
  }

  async check() {
    if (this.busy) return;
    const rows = this.toCheck();
    for (const id of [...this.dirty]) if (!this.rows.some((row) => row.id === id)) this.dirty.delete(id);
    if (!rows.length) return;
    this.busy = true;
    this.status(this.words.checking);
    const revisions = new Map(rows.map((row) => [row.id, row.revision]));
    const answer = await this.post(this.addresses.check, { rows: this.sent(rows) });
    this.busy = false;
    if (!answer?.ok) { this.state(); return; }
    const told = await answer.json();
    this.apply(told.rows, revisions);
    if (this.dirty.size) this.checkSoon();
  }

  apply(told, revisions) {
    const byId = new Map(this.rows.map((row) => [row.id, row]));
    for (const one of told) {
      const row = byId.get(one.id);
      if (!row || (revisions && revisions.get(one.id) !== row.revision)) continue;
      const before = JSON.stringify([row.errors, row.warnings, row.computed]);
      row.errors = one.blank ? {} : one.errors;
      row.warnings = one.blank ? {} : one.warnings;
      row.computed = one.computed;
      row.repeated = one.repeated;
      this.dirty.delete(row.id);
      if (JSON.stringify([row.errors, row.warnings, row.computed]) !== before) {
        this.columns.forEach((_, index) => { if (!(this.editing && row.cells[index].firstElementChild)) this.drawCell(row, index); });
        const whole = (row.errors[""] ?? row.warnings[""] ?? []).join(" ");
        row.tr.classList.toggle("row-wrong", Boolean(row.errors[""]));
        row.tr.firstElementChild.title = whole;
      }
    }
    const line = this.rows[this.active.row], spec = this.columns[this.active.column];
    this.editor?.setAttribute("aria-invalid", String(Boolean(line.errors[spec.key])));
    this.tell((line.errors[spec.key] ?? line.warnings[spec.key] ?? []).join(" "));
    this.totals();
    this.listProblems();
    this.state();
  }

  /** [{row, index, column, text, key}] of everything that must be mended, in reading order. */
  problems() {
    const found = [];
    this.rows.forEach((row, index) => {
      if (row.errors[""]) found.push({ row, index, column: this.firstTyped(), text: row.errors[""].join(" ") });
      this.columns.forEach((spec, column) => { if (row.errors[spec.key]) found.push({ row, index, column, text: row.errors[spec.key].join(" ") }); });
    });
    return found;
  }

  listProblems() {
    const found = this.problems();
    const section = this.form.querySelector("[data-problems]");
    section.hidden = !found.length;
    if (!found.length) this.form.querySelector("[data-refused]").hidden = true;
    section.querySelector("[data-problem-list]").replaceChildren(...found.slice(0, SHOWN_PROBLEMS).map(({ row, index, column, text }) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = filled(this.words.cell, { row: index + 1, column: this.columns[column].title });
      button.addEventListener("click", () => this.moveTo(this.rows.indexOf(row), column));
      item.append(button, ` ${text}`);
      return item;
    }));
  }

  nextProblem(direction) {
    this.stopEditing(true);
    const found = this.problems();
    if (!found.length) { toast(this.words.noErrors); return; }
    const place = ({ index, column }) => index * 1000 + column;
    const here = this.active.row * 1000 + this.active.column;
    const next = direction > 0 ? found.find((p) => place(p) > here) ?? found[0] : [...found].reverse().find((p) => place(p) < here) ?? found[found.length - 1];
    this.moveTo(next.index, next.column);
    announce(next.text);
  }

  status(text) { this.form.querySelector("[data-state]").textContent = text; }

  state() {
    if (this.chosen) return;
    const rows = this.filledRows().length, errors = this.problems().length;
    if (!rows) this.status(this.words.empty);
    else if (errors) this.status(filled(this.words.wrong, { rows, errors }));
    else this.status(this.dirty.size ? this.words.checking : filled(this.words.clean, { rows }));
    this.form.querySelector("[data-state]").classList.toggle("has-errors", errors > 0);
  }

  totalsSoon() {
    cancelAnimationFrame(this.totalling);
    this.totalling = requestAnimationFrame(() => this.totals());
  }

  totals() {
    this.columns.forEach((column, index) => {
      const isNumber = column.kind === "number" || (column.kind === "computed" && column.unit);
      if (!isNumber) return;
      const cell = this.table.tFoot.rows[0].cells[index + 1];
      const { text, others } = sumOf(this.rows.map((row) => this.valueAt(row, index)));
      cell.textContent = others && text ? `${text} *` : text;
      cell.title = others ? filled(this.words.partOfTotal, { n: others }) : "";
    });
  }

  // ── drafts and submitting ─────────────────────────────────────────────────────────────────────────────────────────

  async saveDraft(loud = false) {
    if (this.saving || (!loud && this.changes === this.keptChanges)) return;
    const rows = this.filledRows();
    if (!rows.length && !this.draft) { this.keptChanges = this.changes; return; }
    this.saving = true;
    const at = this.changes;
    const answer = await this.post(this.addresses.draft, { kind: "grid", draft: this.draft, rows: this.sent(rows) }, { quiet: !loud });
    this.saving = false;
    const line = this.form.querySelector("[data-draft-state]");
    if (answer?.ok) {
      this.draft = (await answer.json()).draft;
      this.form.elements.draft.value = this.draft;
      this.keptChanges = at;
      line.textContent = filled(this.words.saved, { time: new Date().toTimeString().slice(0, 5) });
      if (loud) toast(line.textContent);
    } else {
      line.textContent = this.words.notKept;
      if (answer?.status === 422) toast((await answer.json()).problems.join(" "), { error: true });
    }
  }

  /** On leaving the page: a beacon arrives even when nobody waits for the answer. */
  keepOnLeaving() {
    if (this.leaving || this.changes === this.keptChanges || (this.saving && !this.draft)) return;
    this.stopEditing(true);
    const rows = this.filledRows();
    if (!rows.length) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    body.append("payload", JSON.stringify({ kind: "grid", draft: this.draft, rows: this.sent(rows) }));
    if (navigator.sendBeacon(this.addresses.draft, body)) this.keptChanges = this.changes;
  }

  async submit({ onlyValid = false, mayRevise = false } = {}) {
    this.stopEditing(true);
    const rows = this.filledRows();
    if (!rows.length) { toast(this.words.nothing, { error: true }); return; }
    if (this.submitting) return;
    this.submitting = true;
    this.form.classList.add("is-busy");
    clearTimeout(this.checking);
    const answer = await this.post(this.addresses.submit, { rows: this.sent(rows), batch: this.form.elements.batch.value, draft: this.draft, only_valid: onlyValid, may_revise: mayRevise });
    this.submitting = false;
    this.form.classList.remove("is-busy");
    if (!answer) return;
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (answer.ok && told?.done) { this.submitted(told); return; }
    if (!told) { if (answer.status < 500) toast(String(answer.status), { error: true }); return; }
    this.apply(told.rows);
    if (told.problems) { toast(told.problems.join(" "), { error: true }); return; }
    if (told.revising) {
      if (await confirmed(filled(this.words.revising, { n: told.revising }))) await this.submit({ onlyValid, mayRevise: true });
      return;
    }
    this.refused();
  }

  submitted(told) {
    const taken = new Set(told.taken);
    const left = this.rows.filter((row) => !taken.has(row.id) && !this.isBlank(row)).length;
    this.form.elements.batch.value = uuid();
    this.done = [];
    this.undone = [];
    if (!left) {
      this.leaving = true;
      location.assign(this.addresses.table);
      return;
    }
    this.dropEditor();
    for (let r = this.rows.length - 1; r >= 0; r -= 1) if (taken.has(this.rows[r].id)) this.takeRows(r, 1);
    for (const row of this.rows) this.columns.forEach((_, index) => this.drawCell(row, index));
    this.keptChanges = this.changes;
    this.form.querySelector("[data-refused]").hidden = true;
    this.listProblems();
    this.totals();
    this.state();
    this.moveTo(0, this.firstTyped());
    document.getElementById("toasts").replaceChildren(); // what they offered to undo has been submitted
    toast(filled(this.words.partly, { done: taken.size, left }), { seconds: 12 });
    if (told.problems?.length) toast(told.problems.join(" "), { error: true });
    announce(filled(this.words.partly, { done: taken.size, left }));
  }

  refused() {
    const wrong = this.rows.filter((row) => Object.keys(row.errors).length).length;
    const errors = this.problems().length;
    const good = this.filledRows().length - wrong;
    const note = this.form.querySelector("[data-refused]");
    note.querySelector("[data-refused-text]").textContent = filled(this.words.refused, { rows: wrong, errors });
    const valid = note.querySelector("[data-do=valid]");
    valid.dataset.pattern ??= valid.textContent;
    valid.textContent = valid.dataset.pattern.replace("#", String(good));
    valid.hidden = good < 1;
    note.hidden = false;
    this.active = { row: 0, column: -1 };
    const first = this.problems()[0];
    if (first) this.moveTo(first.index, first.column);
    else this.moveTo(0, this.firstTyped());
  }

  // ── the rest ──────────────────────────────────────────────────────────────────────────────────────────────────────

  cellAt(target) {
    const td = target.closest("td, th.row-number");
    if (!td || !this.body.contains(td)) return null;
    const row = this.rows.findIndex((one) => one.tr === td.parentElement);
    return row < 0 ? null : { row, column: this.rows[row].cells.indexOf(td), td };
  }

  listen() {
    this.body.addEventListener("mousedown", (event) => {
      const at = this.cellAt(event.target);
      if (!at || event.button !== 0) return;
      if (event.target === this.editor) { if (event.detail > 1) this.begin("edit"); return; }
      this.tabFrom = null;
      event.preventDefault();
      if (at.column < 0) {
        this.moveTo(at.row, 0, { extend: event.shiftKey });
        if (!event.shiftKey) this.anchor = { row: at.row, column: 0 };
        this.anchor.column = this.columns.length - 1;
        this.select();
        return;
      }
      this.moveTo(at.row, at.column, { extend: event.shiftKey });
      this.dragging = true;
    });
    this.body.addEventListener("mouseover", (event) => {
      if (!this.dragging || !(event.buttons & 1)) { this.dragging = false; return; }
      const at = this.cellAt(event.target);
      if (at && at.column >= 0 && (at.row !== this.active.row || at.column !== this.active.column)) this.moveTo(at.row, at.column, { extend: true });
    });
    this.body.addEventListener("dblclick", (event) => { if (this.cellAt(event.target)?.column >= 0) this.begin("edit"); });
    window.addEventListener("mouseup", () => (this.dragging = false));
    const actions = {
      add: () => { this.addRows(10); this.moveTo(this.rows.length - 10, this.firstTyped()); },
      remove: () => this.removeRows(), undo: () => this.undo(), fill: () => this.fillDown(), next: () => this.nextProblem(1),
      submit: () => this.submit(), valid: () => this.submit({ onlyValid: true }), draft: () => { this.stopEditing(true); this.saveDraft(true); },
      import: () => this.takeToImport(), "no-import": () => { this.form.querySelector("[data-too-many]").hidden = true; this.moveTo(this.active.row, this.active.column); },
    };
    this.form.addEventListener("click", (event) => {
      const action = actions[event.target.closest("[data-do]")?.dataset.do];
      if (action) { event.preventDefault(); action(); }
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (event.key === "F8") { event.preventDefault(); this.nextProblem(event.shiftKey ? -1 : 1); }
      if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); this.submit(); }
    });
    setInterval(() => { if (!document.querySelector("dialog[open]")) this.saveDraft(); }, DRAFT_EVERY);
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.keepOnLeaving(); });
    window.addEventListener("pagehide", () => this.keepOnLeaving());
    window.addEventListener("beforeunload", (event) => {
      this.keepOnLeaving();
      if (!this.leaving && this.changes !== this.keptChanges && this.filledRows().length) event.preventDefault();
    });
  }
}

const form = document.querySelector("form[data-grid]");
if (form) new Grid(form);
