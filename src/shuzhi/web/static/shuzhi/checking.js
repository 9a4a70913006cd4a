// A draft with its findings: jump between the two, filter, step with n and p.
const page = document.querySelector(".checked");
if (page) {
  page.classList.add("has-script");
  const findings = [...page.querySelectorAll(".finding")];
  const shown = new Set([...page.querySelectorAll("[data-severity][aria-pressed]")].map((b) => b.dataset.severity));
  const area = page.querySelector("[data-area]:is(select)");
  const none = page.querySelector("[data-none]");
  let current = null;

  const visible = () => findings.filter((f) => !f.hidden);

  function select(finding, { toText = true } = {}) {
    current?.classList.remove("is-current");
    for (const mark of page.querySelectorAll("mark.is-current")) mark.classList.remove("is-current");
    current = finding;
    finding.classList.add("is-current");
    const number = finding.id.slice(1);
    const marks = [...page.querySelectorAll("mark[data-numbers]")].filter((m) => m.dataset.numbers.split(" ").includes(number));
    for (const mark of marks) mark.classList.add("is-current");
    finding.scrollIntoView({ block: "nearest" });
    if (toText) (marks[0] || document.getElementById(`t${number}`))?.scrollIntoView({ block: "center" });
  }

  function filter() {
    for (const one of findings) one.hidden = !shown.has(one.dataset.severity) || Boolean(area?.value && one.dataset.area !== area.value);
    if (none) none.hidden = visible().length > 0;
  }

  function step(by) {
    const list = visible();
    if (!list.length) return;
    const at = list.indexOf(current);
    select(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : (at + by + list.length) % list.length]);
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-severity]");
    if (button) {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      if (on) shown.add(button.dataset.severity); else shown.delete(button.dataset.severity);
      filter();
      return;
    }
    const stepper = event.target.closest("[data-step]");
    if (stepper) { step(Number(stepper.dataset.step)); return; }
    const mark = event.target.closest("mark[data-numbers], a.ref");
    if (mark) {
      const number = mark.dataset.numbers ? mark.dataset.numbers.split(" ")[0] : mark.getAttribute("href").slice(2);
      const finding = document.getElementById(`f${number}`);
      if (finding) { event.preventDefault(); select(finding, { toText: false }); finding.focus({ preventScroll: true }); }
      return;
    }
    const place = event.target.closest(".finding-head a");
    if (place) { event.preventDefault(); select(place.closest(".finding")); }
  });
  area?.addEventListener("change", filter);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  const asked = location.hash.match(/^#f(\d+)$/);
  if (asked) { const finding = document.getElementById(`f${asked[1]}`); if (finding) select(finding); }
}
