// Deciding with the keyboard: j and k move, x selects, a approves, r returns; shift selects a stretch; how many are selected is said.
import { announce } from "./office.js";

const form = document.getElementById("decide");
if (form) {
  const rows = [...form.querySelectorAll("tbody tr")];
  const boxes = [...form.querySelectorAll("input[name=r]")];
  const all = document.getElementById("select-all");
  const told = form.querySelector(".selected");
  let here = -1;
  let last = null;

  const count = () => boxes.filter((box) => box.checked).length;
  const show = () => {
    for (const box of boxes) box.closest("tr").toggleAttribute("aria-selected", false);
    for (const box of boxes) if (box.checked) box.closest("tr").setAttribute("aria-selected", "true");
    const n = count();
    told.textContent = n ? form.dataset.one.replace("#", n) : "";
    told.closest(".selection-bar").dataset.count = n;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  const move = (by) => {
    rows[here]?.classList.remove("here");
    here = Math.max(0, Math.min(rows.length - 1, here + by));
    rows[here].classList.add("here");
    const box = rows[here].querySelector("input[name=r]");
    (box || rows[here].querySelector("a"))?.focus({ preventScroll: true });
    rows[here].scrollIntoView({ block: "nearest" });
  };
  const press = (name) => {
    if (!count() && here >= 0) {
      const box = rows[here].querySelector("input[name=r]");
      if (box) box.checked = true;
      show();
    }
    const button = form.querySelector(`button[data-key="${name}"]`);
    const reason = document.getElementById("reason");
    if (name === "r" && reason && !reason.value.trim()) reason.focus();
    else button?.click();
  };

  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; show(); announce(told.textContent); });
  form.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=r]");
    if (!box) return;
    if (event.shiftKey && last) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show();
  });
  form.addEventListener("submit", (event) => {
    const reason = document.getElementById("reason");
    if (event.submitter?.value === "return" && reason && !reason.value.trim()) { event.preventDefault(); reason.focus(); reason.setAttribute("aria-invalid", "true"); }
  });
  document.getElementById("reason")?.addEventListener("input", (event) => event.target.removeAttribute("aria-invalid"));
  document.getElementById("reason")?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); form.querySelector('button[data-key="r"]').click(); }
    if (event.key === "Escape") { event.target.blur(); move(0); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && here >= 0) { const box = rows[here].querySelector("input[name=r]"); if (box) { box.checked = !box.checked; last = box; show(); announce(told.textContent); } }
    else if (event.key === "a" || event.key === "r") press(event.key);
    else return;
    event.preventDefault();
  });
  show();
}
