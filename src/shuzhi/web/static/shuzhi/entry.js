// The form for one record: checked by the server while it is filled in, computed fields shown, drafts kept, keys of other registers suggested.

import { send, data, token } from "./office.js";

const CHECK_AFTER = 500, DRAFT_AFTER = 3000;

class EntryForm {
  constructor(form) {
    this.form = form;
    this.words = data("form-words");
    this.record = Number(form.dataset.record) || null;
    this.expected = Number(form.dataset.expected) || null;
    this.touched = new Set([...form.querySelectorAll("[data-wrong]")].map((field) => field.dataset.field));
    this.changed = false;
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("change", (event) => this.typed(event));
    form.addEventListener("submit", () => (this.leaving = true));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.keepOnLeaving(); });
    window.addEventListener("pagehide", () => this.keepOnLeaving());
    if (!this.record) this.check();
  }

  values() {
    const found = {};
    for (const [name, value] of new FormData(this.form)) if (name.startsWith("f-") && value) found[name.slice(2)] = value;
    return found;
  }

  body() {
    const cleared = [...this.form.querySelectorAll("[name^=clear-]:checked")].map((box) => box.name.slice(6));
    return {
      kind: "form", record: this.record, expected: this.expected, cleared,
      draft: Number(this.form.elements.draft.value) || null, rows: [{ id: 1, number: 1, values: this.values() }],
    };
  }

  typed(event) {
    const field = event.target.closest("[data-field]");
    if (field && event.type === "change") this.touched.add(field.dataset.field);
    this.changed = true;
    clearTimeout(this.checking);
    this.checking = setTimeout(() => this.check(), CHECK_AFTER);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), DRAFT_AFTER);
    if (event.target.dataset.suggest) this.suggest(event.target);
  }

  post(address, body, options = {}) {
    return send(address, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" }, ...options });
  }

  async check() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const answer = await this.post(this.form.dataset.check, this.body());
    if (!answer?.ok || turn !== this.turn) return;
    const [row] = (await answer.json()).rows;
    for (const output of this.form.querySelectorAll("[data-computed]")) output.value = row.computed[output.dataset.computed] ?? "";
    for (const field of this.form.querySelectorAll("[data-field]")) {
      const key = field.dataset.field;
      // what was not reached yet is not called wrong; the submission tells everything
      const errors = this.touched.has(key) ? (row.errors[key] ?? []) : [], warnings = row.warnings[key] ?? [];
      this.show(field, errors, warnings);
    }
  }

  show(field, errors, warnings) {
    const place = field.querySelector("[data-messages]");
    const lines = [...errors.map((text) => ["field-error", text]), ...warnings.map((text) => ["field-warning", text])];
    place.replaceChildren(...lines.map(([name, text]) => Object.assign(document.createElement("p"), { className: name, textContent: text })));
    for (const input of field.querySelectorAll("input, select, textarea")) {
      if (input.name.startsWith("clear-")) continue;
      if (errors.length) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (warnings.length) input.dataset.warned = "true";
      else delete input.dataset.warned;
    }
  }

  async save() {
    if (!this.changed || this.leaving) return;
    this.changed = false;
    const answer = await this.post(this.form.dataset.draft, this.body(), { quiet: true });
    const state = this.form.querySelector("[data-draft-state]");
    if (answer?.ok) {
      this.form.elements.draft.value = (await answer.json()).draft;
      state.textContent = this.words.saved;
    } else { this.changed = true; state.textContent = this.words.unsaved; }
  }

  keepOnLeaving() {
    if (!this.changed || this.leaving) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    body.append("payload", JSON.stringify(this.body()));
    if (navigator.sendBeacon(this.form.dataset.draft, body)) this.changed = false;
  }

  suggest(input) {
    clearTimeout(this.suggesting);
    this.suggesting = setTimeout(async () => {
      const body = { field: input.dataset.suggest, q: input.value, record: this.record, unit: this.form.elements["f-organisation"]?.value ?? "" };
      const answer = await this.post(this.form.dataset.suggest, body, { quiet: true });
      if (!answer?.ok) return;
      const { found } = await answer.json();
      input.list.replaceChildren(...found.map(({ value, label }) => Object.assign(document.createElement("option"), { value, label: label ? `${value} ${label}` : value })));
    }, 200);
  }
}

for (const form of document.querySelectorAll("form[data-entry-form]")) new EntryForm(form);
