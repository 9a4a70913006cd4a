"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const list = one("ol.list");
  const items = all(".finding");
  const marks = all("mark");
  const numbersOf = (element, name) => (element.dataset[name] || "").split(" ");
  const order = ["wrong", "error", "unexplained", "warning", "info"];
  let current = null;

  all("[data-script]").forEach((element) => { element.hidden = false; });

  const shown = () => [...(list ? list.children : [])].filter((item) => !item.hidden);
  const near = (element) => {
    const box = element.getBoundingClientRect();
    return box.top > 110 && box.bottom < innerHeight - 110;
  };

  function pane(name) {
    all(".pane").forEach((element) => { element.hidden = element.id !== name; });
    all(".tabs button").forEach((button) => {
      button.setAttribute("aria-selected", String(button.dataset.pane === name));
    });
  }

  function select(item, moves) {
    all(".on").forEach((element) => element.classList.remove("on"));
    current = item;
    const walk = shown();
    const said = one(".phone .said");
    const counter = one(".walk output");
    if (counter) counter.textContent = `${item ? walk.indexOf(item) + 1 : 0} / ${walk.length}`;
    if (!item) { if (said) said.textContent = said.dataset.rest; return; }
    const number = item.dataset.n;
    item.classList.add("on");
    const mine = all(`[data-n]`, one(".paper")).filter((element) => numbersOf(element, "n").includes(number));
    mine.forEach((element) => { if (element.tagName === "MARK") element.classList.add("on"); });
    all("[data-r]").forEach((element) => { if (numbersOf(element, "r").includes(number)) element.classList.add("on"); });
    if (said) said.textContent = `${one("#n" + number + " .chip").textContent}：${one("#n" + number + " .sentence").textContent}`;
    if (moves !== "panel" && innerWidth > 820) { pane("findings"); if (!near(item)) item.scrollIntoView({ block: "center" }); }
    if (moves !== "text") {
      const target = mine.find((element) => element.tagName === "MARK") || document.getElementById("t" + number);
      if (target && !near(target)) target.scrollIntoView({ block: "center" });
    }
  }

  function step(by) {
    const walk = shown();
    if (!walk.length) return;
    const at = walk.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : walk.length - 1) : (at + by + walk.length) % walk.length;
    select(walk[next], "both");
  }

  function filter() {
    const off = new Set(all(".sev[aria-pressed='false']").map((button) => button.dataset.severity));
    const area = one("#area") ? one("#area").value : "";
    const heard = new Set();
    items.forEach((item) => {
      item.hidden = off.has(item.dataset.severity) || (area !== "" && item.dataset.area !== area);
      if (!item.hidden) heard.add(item.dataset.n);
    });
    marks.forEach((mark) => mark.classList.toggle("off", !numbersOf(mark, "n").some((number) => heard.has(number))));
    all("a.ref").forEach((ref) => ref.classList.toggle("off", !heard.has(ref.dataset.n)));
    const none = one("#none");
    if (none) none.hidden = heard.size > 0 || items.length === 0;
    select(current && !current.hidden ? current : null, "none");
  }

  function arrange(by) {
    const rank = (item) => (by === "severity" ? order.indexOf(item.dataset.severity) * 1e6 : 0) + Number(item.dataset.n);
    items.sort((a, b) => rank(a) - rank(b)).forEach((item) => list.append(item));
    select(current, "none");
  }

  document.addEventListener("click", (event) => {
    const target = event.target;
    const button = target.closest("button");
    if (button) {
      if (button.dataset.pane) pane(button.dataset.pane);
      else if (button.dataset.step) step(Number(button.dataset.step));
      else if (button.dataset.severity) { button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") === "false")); filter(); }
      return;
    }
    const figure = target.closest("a[data-figure]");
    if (figure) {
      event.preventDefault();
      all(".on").forEach((element) => element.classList.remove("on"));
      const place = document.getElementById("g" + figure.dataset.figure);
      if (place) { place.nextElementSibling.classList.add("see", "on"); if (!near(place)) place.scrollIntoView({ block: "center" }); }
      return;
    }
    if (target.closest("a.also")) return;
    const item = target.closest(".finding");
    if (item) { event.preventDefault(); select(item, "panel"); return; }
    const mark = target.closest("mark, a.ref");
    if (mark) {
      event.preventDefault();
      const numbers = numbersOf(mark, "n").filter((number) => !one("#n" + number).hidden);
      const at = current ? numbers.indexOf(current.dataset.n) : -1;
      if (numbers.length) select(one("#n" + numbers[(at + 1) % numbers.length]), "text");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(SELECT|INPUT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "j" || event.key === "J") step(1);
    else if (event.key === "k" || event.key === "K") step(-1);
    else if (event.key === "Escape") select(null, "none");
  });
  if (one("#area")) one("#area").addEventListener("change", filter);
  if (one("#order")) one("#order").addEventListener("change", (event) => arrange(event.target.value));
  if (list) { pane("findings"); filter(); }
  const asked = /^#n(\d+)$/.exec(location.hash);
  if (asked && one("#n" + asked[1])) select(one("#n" + asked[1]), "both");
})();
