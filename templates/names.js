/* Names, found from the first letter on: functions and operators, whose index every page of a tour
   has. Whole names before beginnings, these before parts in order, then what a name contains. Those
   of other tours follow, once their indexes are there. */
window.srcreadNames = (function () {
  const indexes = window.srcread || []; // one a tour: [address of its script, {tour, lists}]
  const most = 30;
  const [whole, start, bare, inOrder, inside, pieced] = [0, 1, 2, 3, 4, 5];

  /* One entry a row. Its parts are the words that camel humps and snakes are made of. */
  const entries = [];
  const own = indexes.length;
  let taken = 0;
  take();

  function take() {
    for (; taken < indexes.length; taken += 1) add(...indexes[taken]);
  }

  function add(source, index) {
    index.symbols = index.symbols.flatMap(named);
    for (const kind of ["symbols", "operators"]) {
      for (const [text, address] of index[kind]) {
        const parts = text
          .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
          .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
          .toLowerCase()
          .split(/[^\p{L}\p{N}]+/u)
          .filter(Boolean);
        const lower = text.toLowerCase();
        const last = lower.slice(Math.max(lower.lastIndexOf("."), lower.lastIndexOf(":")) + 1);
        const href = new URL(address, source).href;
        entries.push({ text, parts, kind, lower, last, tour: index.tour, href, far: Number(taken >= own) });
      }
    }
  }

  /* Of an owner and its functions: each function's full name and the file of its page. */
  function named([owner, ...functions]) {
    return functions.map((one) => {
      const [last, file] = [].concat(one);
      const name = owner ? owner + "." + last : last;
      return [name, file || name + ".html"];
    });
  }

  /* A lower rank is better; -1 is no match. */
  function rank(entry, query, pieces, humps) {
    const { last } = entry;
    if (last === query || entry.lower === query || entry.lower.endsWith("." + query)) return whole;
    if (last.startsWith(query)) return start;
    if (last[0] === "_" && last.replace(/^_+|_+$/g, "") === query) return bare; // `len` is `__len__`
    if (startInOrder(entry.parts, humps)) return inOrder;
    if (entry.lower.includes(query)) return inside;
    return pieces.length > 1 && pieces.every((piece) => entry.lower.includes(piece)) ? pieced : -1;
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

  /* Whether the words begin an entry's own first words: `get acti` begins `_get_activation_fn`. */
  function begins(entry, humps) {
    const first = entry.parts.slice(-entry.last.split(/[^\p{L}\p{N}]+/u).filter(Boolean).length);
    return humps.every((hump, number) => first[number] && first[number].startsWith(hump));
  }

  /* How sure it is that an entry is meant: 0 for its whole name or its owner's, 1 for a beginning,
     2 for parts in order, 3 where a name only contains what is typed. */
  function grade(entry, value, query, humps) {
    if (value === whole || entry.lower.includes("." + query + ".")) return 0;
    if (value === start || value === bare || (value === inOrder && begins(entry, humps))) return 1;
    return value === inOrder ? 2 : 3;
  }

  /* Names that fit, by how sure it is. */
  return function find(text) {
    const plain = text.trim().replace(/^(?:aten::|torch\.ops\.aten\.)/, "");
    const query = plain.toLowerCase();
    const pieces = query.split(/\s+/);
    const groups = [[], [], [], []];
    if (!query || pieces.length > 3) return groups;
    take();
    const humps = plain.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[\s._:]+/).filter(Boolean);
    const found = [];
    for (const entry of entries) {
      const value = rank(entry, query, pieces, humps);
      if (value >= 0) found.push([value, entry]);
    }
    found.sort((one, other) => one[0] - other[0] || one[1].far - other[1].far || one[1].text.length - other[1].text.length);
    for (const [value, entry] of found.slice(0, most)) groups[grade(entry, value, query, humps)].push(entry);
    return groups;
  };
})();
