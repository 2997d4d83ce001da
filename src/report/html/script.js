"use strict";
(() => {
  document.documentElement.classList.add("js");
  const collator = new Intl.Collator(["ar", "en"], { numeric: true });

  // Tables: a button in each heading sorts by its column, first downwards for numbers, and turns round when pressed again.
  const value = (row, column) => row.cells[column].textContent.trim();
  const asNumber = (text) => (/^[-+]?[\d.]+$/.test(text) ? Number(text) : NaN);
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => {
        const first = head.classList.contains("num") ? "descending" : "ascending";
        const other = first === "descending" ? "ascending" : "descending";
        const order = head.getAttribute("aria-sort") === first ? other : first;
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const rows = [...body.rows].sort((a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          const [m, n] = [asNumber(x), asNumber(y)];
          if (Number.isNaN(m) !== Number.isNaN(n)) return Number.isNaN(m) ? 1 : -1;
          return sign * (Number.isNaN(m) ? collator.compare(x, y) : m - n);
        });
        body.append(...rows);
      });
    });
  }

  // Errors: filters and order.
  const list = document.getElementById("cases");
  if (!list) return;
  const form = document.getElementById("filter");
  const [query, kind, type, order] = ["query", "kind", "type", "order"].map((id) => document.getElementById(id));
  const reverse = document.getElementById("reverse");
  const count = document.querySelector("#count bdi");
  // Ways of writing that a reader does not tell apart.
  const fold = (text) =>
    text
      .normalize("NFKC")
      .replace(/[\u064B-\u065F\u0670\u0640\u200B-\u200F\u202A-\u202E\u2066-\u2069]/g, "")
      .replace(/[أإآٱ]/g, "ا").replace(/[ىئی]/g, "ي").replace(/ة/g, "ه").replace(/ؤ/g, "و").replace(/ک/g, "ك")
      .replace(/\s+/g, " ").toLowerCase();
  const cases = [...list.children].map((item) => ({
    item,
    data: item.dataset,
    types: item.dataset.types.split("\t"),
    words: fold(item.querySelector(".words").textContent + " " + item.querySelector(".place").textContent),
  }));
  const byIndex = (a, b) => a.data.i - b.data.i;
  const orders = {
    suspicion: (a, b) => Number(b.data.suspicion || -2) - Number(a.data.suspicion || -2),
    place: (a, b) => collator.compare(a.data.place, b.data.place),
    kind: (a, b) => collator.compare(a.data.kind, b.data.kind),
    types: (a, b) => collator.compare(a.data.types, b.data.types),
    length: (a, b) => b.data.length - a.data.length,
  };

  const filter = () => {
    const sought = fold(query.value).trim();
    let shown = 0;
    for (const { item, data, types, words } of cases) {
      const fits =
        (!sought || words.includes(sought)) &&
        (!kind.value || data.kind === kind.value) &&
        (!type.value || types.includes(type.value));
      item.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} / ${cases.length}`;
  };
  const sort = () => {
    const sign = reverse.getAttribute("aria-pressed") === "true" ? -1 : 1;
    const compare = orders[order.value];
    cases.sort((a, b) => sign * compare(a, b) || byIndex(a, b));
    list.append(...cases.map((c) => c.item));
  };

  query.addEventListener("input", filter);
  kind.addEventListener("change", filter);
  type.addEventListener("change", filter);
  order.addEventListener("change", sort);
  reverse.addEventListener("click", () => {
    reverse.setAttribute("aria-pressed", String(reverse.getAttribute("aria-pressed") !== "true"));
    sort();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are empty only after the event.
  form.addEventListener("reset", () => setTimeout(() => {
    reverse.setAttribute("aria-pressed", "false");
    filter();
    sort();
  }));
  // What the browser remembers of an earlier visit.
  filter();
  sort();
})();
