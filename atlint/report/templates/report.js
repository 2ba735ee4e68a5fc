"use strict";
(() => {
  const filter = document.getElementById("filter");
  if (!filter) return;
  const search = document.getElementById("search");
  const rule = document.getElementById("rule");
  const boxes = [...filter.querySelectorAll("input[type=checkbox]")];
  const shown = document.getElementById("shown");
  const found = [...document.querySelectorAll(".finding")].map((element) => ({
    element, text: element.textContent.toLowerCase(), code: element.dataset.code, severity: element.dataset.severity,
  }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    for (const each of found) {
      const fits = levels.has(each.severity) && (!rule.value || each.code === rule.value)
        && words.every((word) => each.text.includes(word));
      each.element.hidden = !fits;
      count += fits;
    }
    shown.textContent = `${count} of ${found.length} shown`;
  };
  filter.addEventListener("input", apply);
  document.getElementById("reset").addEventListener("click", () => {
    search.value = rule.value = "";
    for (const box of boxes) box.checked = true;
    apply();
    search.focus();
  });
  filter.hidden = false;
  apply();
})();
