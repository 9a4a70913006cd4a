// What every page has: menus that close, help on F1, confirmations, sending without losing what was typed when the session has ended.
// Words come from the page, never from here.

const live = () => document.getElementById("live");

/** Say something to a screen reader. */
export function announce(text) {
  live().textContent = "";
  requestAnimationFrame(() => (live().textContent = text));
}

/** A short note in the corner; `undo` = {label, action} puts a button on it. */
export function toast(text, { error = false, undo = null, seconds = 6 } = {}) {
  const note = document.createElement("div");
  note.className = error ? "toast error" : "toast";
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  note.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.className = "button small";
    button.type = "button";
    button.textContent = undo.label;
    button.addEventListener("click", () => { note.remove(); undo.action(); });
    note.append(button);
  }
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), (error ? seconds * 2 : seconds) * 1000);
  return note;
}

/** The token that forms carry; renewed after signing in again. */
export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}

function renew(fresh) {
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = fresh;
}

let asking = null;

/** Ask to sign in again without leaving the page; resolves to true when somebody did. */
export function signIn() {
  if (asking) return asking;
  const dialog = document.getElementById("sign-in-again");
  const trouble = dialog.querySelector(".field-error");
  asking = new Promise((resolve) => {
    const finish = (done) => { asking = null; dialog.close(); resolve(done); };
    const go = async () => {
      trouble.hidden = true;
      const body = new URLSearchParams({
        login: dialog.querySelector("[name=login]").value,
        password: dialog.querySelector("[name=password]").value,
      });
      const answer = await fetch(document.body.dataset.signIn, {
        method: "POST", body, headers: { "X-Requested-With": "shuzhi", "X-CSRFToken": token() },
      });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : { ok: false, problems: [] };
      dialog.querySelector("[name=password]").value = "";
      if (told.ok) { renew(told.csrf); finish(true); }
      else if (told.more) { window.open(told.more, "_blank", "noopener"); }
      else { trouble.textContent = (told.problems || []).join(" ") || String(answer.status); trouble.hidden = false; }
    };
    dialog.querySelector("[data-sign-in-go]").onclick = go;
    dialog.querySelector("[data-close]").onclick = () => finish(false);
    dialog.querySelector("form").onsubmit = (event) => { event.preventDefault(); go(); };
    dialog.oncancel = () => finish(false);
    dialog.showModal();
    dialog.querySelector("[name=password]").focus();
  });
  return asking;
}

/** fetch() for our own pages: token and marker added; asks to sign in again when the session has ended, then repeats the request.
 *  Resolves to the Response, or null when there is no connection or the person chose not to sign in; nothing is thrown away. */
export async function send(url, { method = "GET", body = null, headers = {}, quiet = false } = {}) {
  const toasts = document.getElementById("toasts").dataset;
  for (;;) {
    let answer;
    try {
      answer = await fetch(url, {
        method, body, headers: { "X-Requested-With": "shuzhi", ...(method === "GET" ? {} : { "X-CSRFToken": token() }), ...headers },
      });
    } catch {
      if (!quiet) toast(toasts.offline, { error: true });
      return null;
    }
    if (answer.status !== 401) {
      if (answer.status >= 500 && !quiet) toast(toasts.fault, { error: true });
      return answer;
    }
    if (quiet || !(await signIn())) return null;
  }
}

/** Ask yes or no in a dialog of the page. */
export function confirmed(text) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-confirm-text]").textContent = text;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/** The data of a <script type="application/json" id=…>. */
export function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

document.addEventListener("click", async (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const opens = event.target.closest("[data-opens]");
  if (opens) toggleHelp(opens.dataset.opens);
  const asks = event.target.closest("[data-confirm]");
  if (asks && !asks.dataset.confirmedOnce) {
    event.preventDefault();
    event.stopPropagation();
    if (await confirmed(asks.dataset.confirm)) {
      asks.dataset.confirmedOnce = "1";
      asks.click();
      delete asks.dataset.confirmedOnce;
    }
  }
  if (event.target.closest("[data-print]")) window.print();
  const copies = event.target.closest("[data-copy]");
  if (copies && navigator.clipboard) {
    await navigator.clipboard.writeText(copies.dataset.copy);
    toast(copies.dataset.copied || copies.dataset.copy);
  }
}, true);

function toggleHelp(id) {
  const help = document.getElementById(id);
  if (!help) return;
  help.open = !help.open;
  if (help.open) help.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "F1") { event.preventDefault(); toggleHelp("help"); }
  if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    if (event.key === "/") { const search = document.querySelector("[data-search]"); if (search) { event.preventDefault(); search.focus(); } }
    if (event.key === "?") toggleHelp("help");
  }
});

// htmx: the session has ended, or the server could not be reached
document.addEventListener("htmx:responseError", async (event) => {
  const { xhr, elt, requestConfig } = event.detail;
  if (xhr.status === 401 && (await signIn())) window.htmx.ajax(requestConfig.verb.toUpperCase(), requestConfig.path, { source: elt, target: event.detail.target, values: requestConfig.parameters });
  else if (xhr.status >= 500) toast(document.getElementById("toasts").dataset.fault, { error: true });
});
document.addEventListener("htmx:sendError", () => toast(document.getElementById("toasts").dataset.offline, { error: true }));

// a form is sent once, however often the button is pressed
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

document.documentElement.classList.add("js");

/** Files may be dropped on the box; it says which were chosen, unless the page does so itself. */
function dropBox(drop) {
  const input = drop.querySelector("input[type=file]");
  if (!input) return;
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (e) => { e.preventDefault(); drop.classList.add("over-it"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over-it"));
  drop.addEventListener("drop", (e) => {
    e.preventDefault();
    if (!e.dataTransfer.files.length) return;
    input.files = e.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  if (drop.closest("[data-uploads]")) return;
  const chosen = document.createElement("span");
  chosen.className = "chosen";
  chosen.setAttribute("aria-live", "polite");
  drop.append(chosen);
  input.addEventListener("change", () => { chosen.textContent = [...input.files].map((f) => f.name).join(" · "); });
}
document.querySelectorAll(".drop").forEach(dropBox);

// a table that is wider than its box can be scrolled with the keyboard, too
function reachable() {
  for (const box of document.querySelectorAll(".table-box:not([tabindex])"))
    if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", (box.querySelector("caption")?.textContent || document.querySelector("h1")?.textContent || "").trim());
    }
}
reachable();
document.addEventListener("htmx:afterSettle", reachable);
window.addEventListener("resize", reachable);

document.querySelector("[data-focus]")?.focus();
