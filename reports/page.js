"use strict";

// Colours: the reader's choice over the system's, kept where the browser allows it.
(() => {
  const root = document.documentElement;
  const box = document.querySelector(".themes");
  const buttons = [...box.querySelectorAll("button")];
  const stored = () => { try { return localStorage.getItem("holdfast-theme"); } catch { return null; } };
  const store = (name) => { try { localStorage.setItem("holdfast-theme", name); } catch { /* not kept */ } };
  const choose = (name) => {
    if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === name));
  };
  for (const button of buttons)
    button.addEventListener("click", () => { choose(button.dataset.themeChoice); store(button.dataset.themeChoice); });
  choose(["light", "dark"].includes(stored()) ? stored() : "auto");
  box.hidden = false;
})();

// Sorting: a column's title sorts its table, once more the other way round; what was not measured stays last.
for (const table of document.querySelectorAll("table.verdicts")) {
  const body = table.tBodies[0];
  const titles = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const text = row.cells[column].dataset.sort;
    return text === undefined ? null : titles[column].classList.contains("number") ? Number(text) : text;
  };
  const compare = (a, b) => typeof a === "number" ? a - b : a < b ? -1 : Number(a > b);
  const sort = (column, falling) => {
    const rows = [...body.rows].map((row) => [key(row, column), row]);
    rows.sort(([a], [b]) => a === null || b === null ? (a === null) - (b === null)
                                                     : falling ? compare(b, a) : compare(a, b));
    body.append(...rows.map(([, row]) => row));
    titles.forEach((title, index) => index === column
      ? title.setAttribute("aria-sort", falling ? "descending" : "ascending") : title.removeAttribute("aria-sort"));
  };
  titles.forEach((title, column) => {
    const button = title.querySelector("button");
    button.disabled = false;
    button.addEventListener("click", () => sort(column, title.getAttribute("aria-sort") === "ascending"));
  });
}
