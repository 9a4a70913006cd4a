// The import wizard: the names of what was chosen, sending at once what was dropped, and marking columns that were corrected.

for (const form of document.querySelectorAll("form[data-uploads]")) {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button[data-busy]");
  const list = document.createElement("ul");
  list.className = "chosen";
  input.closest(".drop")?.append(list);
  input.addEventListener("change", () => {
    list.replaceChildren(...[...input.files].map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
    if (input.files.length && input.closest(".drop")) form.requestSubmit(button);
  });
}

for (const button of document.querySelectorAll("button[data-busy]"))
  button.form?.addEventListener("submit", () => {
    button.classList.add("is-busy");
    button.lastChild.textContent = button.dataset.busy;
  });

for (const select of document.querySelectorAll("select[data-submits]"))
  select.addEventListener("change", () => select.form.requestSubmit(select.form.querySelector("button[name=do]")));

for (const select of document.querySelectorAll("select[data-was]")) {
  const mark = () => select.classList.toggle("is-other", select.value !== select.dataset.was);
  select.addEventListener("change", mark);
  mark();
}
