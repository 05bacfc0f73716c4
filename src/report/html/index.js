// The index of a report: sorts the table by a column's button (numbers by data-key),
// and hides the rows that do not match the filter.  The page is whole without it.
"use strict";
(function () {
  const table = document.getElementById("targets"), body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells], rows = [...body.rows];
  const words = document.getElementById("words"), result = document.getElementById("result");
  const shown = document.getElementById("shown");

  function key(row, column) {
    const cell = row.cells[column];
    return "key" in cell.dataset ? Number(cell.dataset.key) : cell.textContent;
  }

  // Rows with equal keys keep the order that the page came with.
  function sort(column) {
    const down = heads[column].getAttribute("aria-sort") === "ascending";
    for (const h of heads) h.removeAttribute("aria-sort");
    heads[column].setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = (a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (down ? -1 : 1);
    const sorted = rows.map((row) => ({ row, key: key(row, column) })).sort(order);
    body.append(...sorted.map((s) => s.row));
  }

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/);
    let n = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const matches = (!result.value || row.dataset.result === result.value) &&
        wanted.every((w) => text.includes(w));
      row.hidden = !matches;
      n += matches;
    }
    shown.textContent = `${n} of ${rows.length} targets`;
  }

  heads.forEach((head, column) => head.firstChild.addEventListener("click", () => sort(column)));
  words.addEventListener("input", filter);
  result.addEventListener("change", filter);
  document.getElementById("filter").addEventListener("submit", (e) => e.preventDefault());
  filter();
})();
