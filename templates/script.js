/* Search, keys and ranges of lines. Everything on the page works without it. */
"use strict";
(function () {
  const indexes = window.srcread || []; // one a tour: [address of its script, {tour, lists}]
  const box = document.getElementById("search");
  const list = document.getElementById("found");
  const most = 30;
  document.documentElement.classList.add("scripted");

  /* One entry a row. Its parts are the words that camel humps and snakes are made of. */
  const entries = [];
  for (const [source, index] of indexes) {
    for (const kind of ["symbols", "operators", "notes", "questions", "messages", "claims"]) {
      for (const [text, address] of index[kind]) {
        const parts = text
          .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
          .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
          .toLowerCase()
          .split(/[^\p{L}\p{N}]+/u)
          .filter(Boolean);
        entries.push({ text, parts, kind, lower: text.toLowerCase(), tour: index.tour, href: new URL(address, source).href });
      }
    }
  }

  /* A lower rank is better; -1 is no match. */
  function rank(entry, query, pieces, humps) {
    const last = entry.lower.slice(Math.max(entry.lower.lastIndexOf("."), entry.lower.lastIndexOf(":")) + 1);
    if (last === query || entry.lower === query) return 0;
    if (last.startsWith(query)) return 1;
    if (startInOrder(entry.parts, humps)) return 2;
    if (entry.lower.includes(query)) return 3;
    return pieces.length > 1 && pieces.every((piece) => entry.lower.includes(piece)) ? 4 : -1;
  }

  /* Every piece begins a word, in order: `mHA`, `scaled_dot`, `ten lay` and `sdpa` by initials. */
  function startInOrder(parts, humps) {
    if (humps.length === 1) {
      const initials = parts.map((part) => part[0]).join("");
      return humps[0].length > 1 && initials.includes(humps[0]);
    }
    let place = 0;
    for (const hump of humps) {
      while (place < parts.length && !parts[place].startsWith(hump)) place += 1;
      if (place === parts.length) return false;
      place += 1;
    }
    return humps.length > 0;
  }

  function find(text) {
    const query = text.trim().toLowerCase();
    if (!query) return [];
    const pieces = query.split(/\s+/);
    const humps = text.trim().replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[\s._:]+/).filter(Boolean);
    const found = [];
    for (const entry of entries) {
      const value = rank(entry, query, pieces, humps);
      if (value >= 0) found.push([value, entry]);
    }
    found.sort((one, other) => one[0] - other[0] || one[1].text.length - other[1].text.length);
    return found.slice(0, most).map((pair) => pair[1]);
  }

  let chosen = 0;
  function show() {
    const found = find(box.value);
    chosen = 0;
    list.replaceChildren(...found.map(row));
    if (!found.length && box.value.trim()) {
      const none = document.createElement("li");
      none.textContent = list.dataset.none;
      list.append(none);
    }
    list.hidden = !list.children.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
    choose(0);
  }

  function row(entry, number) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const short = /^(symbols|operators)$/.test(entry.kind) ? entry.text.split(/[.:]/).slice(-2).join(".") : entry.text;
    item.id = "found-" + number;
    item.setAttribute("role", "option");
    link.href = entry.href;
    link.tabIndex = -1;
    link.textContent = short;
    const more = [short !== entry.text && entry.text, indexes.length > 1 && entry.tour].filter(Boolean);
    if (more.length) {
      const small = document.createElement("small");
      small.textContent = more.join(" · ");
      link.append(small);
    }
    item.append(link);
    return item;
  }

  function choose(step) {
    const rows = list.querySelectorAll("[role=option]");
    if (!rows.length) return box.removeAttribute("aria-activedescendant");
    chosen = (chosen + step + rows.length) % rows.length;
    rows.forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
    rows[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", rows[chosen].id);
  }

  function close() {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
  }

  if (box) {
    box.addEventListener("input", show);
    box.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") choose(1);
      else if (event.key === "ArrowUp") choose(-1);
      else if (event.key === "Escape") close(), box.blur();
      else if (event.key === "Enter") {
        const link = list.querySelector("[aria-selected=true] a");
        if (link && !list.hidden) location.href = link.href;
      } else return;
      event.preventDefault();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest(".search")) close();
    });
  }

  /* j and k go from row to row, n and p from step to step, u up, / to the search box. */
  function section(step) {
    const rows = [...document.querySelectorAll(".group")];
    const edge = innerHeight / 4;
    const tops = rows.map((one) => one.getBoundingClientRect().top);
    const next = step > 0 ? tops.findIndex((top) => top > edge) : tops.findLastIndex((top) => top < -1);
    if (next >= 0) rows[next].scrollIntoView();
  }
  const keys = {
    j: () => section(1),
    k: () => section(-1),
    n: () => follow("next"),
    p: () => follow("previous"),
    u: () => follow("up"),
    "/": () => box && box.focus(),
  };
  function follow(id) {
    const link = document.getElementById(id);
    if (link) location.href = link.href;
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (Object.hasOwn(keys, event.key)) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  /* A card is no taller than the window: what opens at its foot would open out of sight. */
  addEventListener("toggle", (event) => {
    if (event.target.open && event.target.closest(".note")) event.target.scrollIntoView({ block: "nearest" });
  }, true);

  /* #L12-L18 marks several lines; a target inside a folded docstring opens it. */
  function followHash() {
    document.querySelectorAll(".chosen").forEach((line) => line.classList.remove("chosen"));
    const range = /^#L(\d+)-L(\d+)$/.exec(location.hash);
    const target = document.getElementById(range ? "L" + range[1] : decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const fold = target.closest("details");
    if (fold && !fold.open) fold.open = true;
    if (!range && !fold) return;
    const first = Number(range ? range[1] : 0);
    const last = Math.min(Number(range ? range[2] : -1), first + 5000);
    for (let number = first; number <= last; number += 1) {
      const line = document.getElementById("L" + number);
      if (line) line.classList.add("chosen");
    }
    target.scrollIntoView();
  }
  addEventListener("hashchange", followHash);
  followHash();
})();
