/* The search box: names at once, and notes as soon as their words are there, which are loaded when a
   reader first comes to the box. Nothing here needs a server. */
(function () {
  const box = document.getElementById("search");
  if (!box) return;
  const list = document.getElementById("found");
  const told = document.getElementById("told");
  const indexes = window.srcread || [];
  const words = indexes.length ? indexes[0][1].words : {};
  const root = new URL(".", document.currentScript.src).href;
  const repository = indexes.map(([, index]) => index.repository).find(Boolean);
  const link = document.createElement("a");
  const [longest, fewNames, fewNotes, slice] = [10000, 8, 3, 12];
  const seen = 10; // rows that are drawn at once: the others are below the fold
  const several = indexes.length > 1;
  let later = 0;
  let unmarked = []; // texts with what their notes were found by
  let scrolled = false;
  let notes = null; // what answers questions, once it is there
  let state = "";
  let others = ""; // how it is with names of other tours
  let entered = false; // before there was an answer
  let chosen = 0;

  function load(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  }

  /* Where the words of all tours in the page's language are. */
  function prose() {
    return new Set(indexes.flatMap(([source, index]) => index.prose.map((address) => new URL(address, source).href)));
  }

  /* These words, and the script that knows what to do with them. */
  async function prepare() {
    if (state) return;
    state = "loading";
    const wanted = prose();
    if (!wanted.size) return void (state = "none");
    try {
      await Promise.all([load(root + "search.js"), ...[...wanted].map(load)]);
    } catch {
      state = "failed";
      return again();
    }
    const language = document.documentElement.lang;
    const ask = window.srcreadAsk(indexes, window.srcreadWords, language);
    const { port1, port2 } = new MessageChannel(); // between slices: a timer would wait 4 ms each
    port1.onmessage = () => {
      if (!ask.make(performance.now() + slice)) return port2.postMessage(0);
      port1.close();
      [notes, state] = [ask, "ready"];
      if (box.value.trim()) again();
    };
    port2.postMessage(0);
  }

  /* Names of other tours, where this page has none that is meant: their indexes stand beside words. */
  async function further() {
    if (others) return;
    const known = new Set(indexes.map(([source]) => source));
    const wanted = [...prose()].map((address) => new URL("symbols.js", address).href).filter((address) => !known.has(address));
    others = wanted.length ? "loading" : "ready";
    if (!wanted.length) return;
    await Promise.allSettled(wanted.map(load));
    others = "ready";
    again();
  }

  /* Show what is known now, and go there if that was asked for before it was. */
  function again() {
    const asked = entered;
    show();
    if (asked) go();
  }

  function go() {
    entered = state === "loading" || others === "loading";
    const option = list.querySelector("[aria-selected=true]");
    if (!entered && option && !list.parentElement.hidden) location.href = option.href;
  }

  /* A name that nothing here has: one word, of several parts or dotted. */
  function isName(text) {
    return /^[A-Za-z_][\w.:]+$/.test(text) && /[A-Za-z\d][_.:]+[A-Za-z\d]|[a-z\d][A-Z]/.test(text);
  }

  /* What to list, in order, and what to say of it. */
  function find(text) {
    const names = window.srcreadNames(text);
    const named = names.some((group) => group.length);
    if (!names[0].length && !names[1].length && /^\S{3,}$/.test(text)) further();
    if (!notes) return { rows: names.flat(), say: named || state === "loading" ? "" : "none" };
    const pasted = notes.pasted(text);
    const answers = notes.answers(text, true);
    const terms = notes.terminology(text);
    const elsewhere = named || pasted.length || (terms.length && terms[0].begins);
    const printed = pasted.length || /\w(?:Error|Exception):/.test(text); // words are no evidence then: all programs share them
    const certain = printed ? pasted.some((one) => one.sure) : answers.sure || elsewhere;
    const unknown = isName(text) && !named && others !== "loading" && !notes.holds(text);
    const fits = answers.sure && !printed && !unknown ? answers.rows : answers.rows.slice(0, fewNotes);
    const shown = answers.sure || !elsewhere ? fits : [];
    const rows = once([...(unknown ? ofOwner(text) : []), ...inOrder(text, names, pasted, shown, answers.sure || elsewhere ? terms : [])]);
    if (!rows.length) return { rows, say: "none" };
    if (unknown) return { rows, say: "unknown" };
    return { rows: certain || !printed ? rows : rows.slice(0, fewNotes), say: certain ? "" : "uncertain" };
  }

  /* What was pasted; names that are meant; notes that cover two words or more; what else fits, the
     first notes before a name's many twins. Terms come after the notes that fit as well. */
  function inOrder(text, [whole, begun, likely, containing], pasted, shown, terms) {
    const many = whole.length + begun.length + likely.length + containing.length > fewNames;
    const covering = /\s/.test(text) && shown.length && shown[0].share >= 0.8 ? shown.slice(0, fewNotes) : [];
    const next = many ? shown.slice(0, fewNotes) : shown;
    const meant = terms.length && terms[0].begins ? [...shown.slice(0, fewNotes), ...terms] : [];
    const first = [...pasted, ...whole, ...begun.slice(0, fewNames), ...covering, ...meant, ...likely, ...next.slice(0, fewNotes), ...terms, ...next];
    return once([...first, ...begun, ...notes.scenarios(text), ...containing, ...shown]);
  }

  /* Of `Layer.foward` the names in `Layer`, if there are any. */
  function ofOwner(text) {
    return window.srcreadNames(text.replace(/[.:]*[^.:]*$/, "")).flat().slice(0, fewNames);
  }

  function once(rows) {
    const known = new Set();
    return rows.filter((row) => !known.has(row.href) && known.add(row.href));
  }

  function show() {
    const text = box.value.trim().slice(0, longest);
    const { rows, say } = text ? find(text) : { rows: [], say: "" };
    [chosen, entered, unmarked] = [0, false, []];
    list.replaceChildren(...rows.slice(0, seen).map(row));
    clearTimeout(later);
    later = setTimeout(() => {
      list.append(...rows.slice(seen).map((one, number) => row(one, number + seen)));
      unmarked.forEach(mark);
    });
    if (scrolled) list.parentElement.scrollTop = 0;
    scrolled = false;
    tell(text, say);
    open(Boolean(text));
    choose(0);
  }

  /* A miss says so, and offers to ask: with what was typed, where the notes' repository is known. */
  function tell(text, say) {
    const said = say ? words["search_" + say].replace("{name}", () => text) : "";
    told.textContent = [said, text && state === "failed" ? words.search_failed : ""].filter(Boolean).join(" ");
    link.remove();
    if (!say || !repository) return;
    const whole = text.replace(/[\ud800-\udfff]/gu, ""); // halves of characters cannot be sent
    const title = cut(whole, 120);
    const body = words.search_issue_body + "\n\n" + cut(whole, 600);
    link.rel = "noopener noreferrer";
    link.textContent = words.search_issue;
    link.href = repository + "/issues/new?title=" + encodeURIComponent(title) + "&body=" + encodeURIComponent(body);
    told.after(link);
  }

  function cut(text, most) {
    const letters = [...text];
    return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
  }

  function open(shown) {
    list.parentElement.hidden = !shown;
    box.setAttribute("aria-expanded", String(shown));
  }

  function make(tag, css, text) {
    const one = document.createElement(tag);
    if (css) one.className = css;
    one.textContent = text;
    return one;
  }

  /* What it is, its title, the sentence that fits, and where several are, its tour. */
  function row(entry, number) {
    const named = entry.kind === "symbols" || entry.kind === "operators";
    const short = named ? entry.text.split(/[.:]/).slice(-2).join(".") : entry.text;
    const item = make("li", "", "");
    const option = make("a", "", "");
    option.append(plain(short, entry.hits));
    item.setAttribute("role", "none");
    option.id = "found-" + number;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.href = entry.href;
    option.tabIndex = -1;
    option.prepend(make("small", "kind", words["kind_" + entry.kind]), " ");
    const fits = entry.excerpt && entry.excerpt !== entry.text && entry.excerpt;
    const more = [named && short !== entry.text && entry.text, fits, (several || entry.tour !== indexes[0][1].tour) && entry.tour].filter(Boolean);
    const small = make("small", "", "");
    more.forEach((text, place) => small.append(...(place ? [" · "] : []), plain(text, text === fits && entry.hits)));
    if (more.length) option.append(small);
    item.append(option);
    return item;
  }

  function plain(text, hits) {
    const node = document.createTextNode(text);
    if (hits) unmarked.push([node, hits]);
    return node;
  }

  /* Mark the words that a note was found by: once nobody waits for the row. */
  function mark([node, hits]) {
    node.replaceWith(...notes.pieces(node.data, hits).map((piece, place) => (place % 2 ? make("mark", "", piece) : piece)));
  }

  function choose(step) {
    const rows = list.querySelectorAll("[role=option]");
    if (!rows.length) return box.removeAttribute("aria-activedescendant");
    chosen = (chosen + step + rows.length) % rows.length;
    rows.forEach((one, number) => one.setAttribute("aria-selected", String(number === chosen)));
    if (step) rows[chosen].scrollIntoView({ block: "nearest" }); // which lays the page out: not at each letter
    box.setAttribute("aria-activedescendant", rows[chosen].id);
  }

  /* A box of one line drops the ends of lines: words of a traceback would run together. */
  function paste(event) {
    const text = event.clipboardData.getData("text");
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    box.setRangeText(text.replace(/\s*[\r\n]+\s*/g, " "), box.selectionStart, box.selectionEnd, "end");
    show();
  }

  box.addEventListener("focus", prepare);
  box.addEventListener("input", () => (prepare(), show()));
  box.addEventListener("paste", paste);
  list.parentElement.addEventListener("scroll", () => (scrolled = true));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(1);
    else if (event.key === "ArrowUp") choose(-1);
    else if (event.key === "Escape") open(false), box.blur();
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) open(false);
  });
  if (document.activeElement === box) prepare();
})();
