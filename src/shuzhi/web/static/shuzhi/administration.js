// Administration: splitting a unit offers the new units by the names just typed, and choosing a field lists its values at once.

const parts = document.querySelector(".parts");
if (parts) {
  const form = parts.closest("form");
  const refresh = () => {
    const named = [...parts.querySelectorAll(".row")]
      .map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim()))
      .filter(([code]) => code);
    for (const select of form.querySelectorAll("select[name^=value], select[name=rest]")) {
      const chosen = select.value;
      select.replaceChildren(select.options[0], ...named.map(([code, name]) => new Option(name || code, code, false, code === chosen)));
    }
  };
  parts.addEventListener("change", refresh);
}
