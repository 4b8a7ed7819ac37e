/* Ranges of lines, runs and unfolding. Everything on the page works without it.
   The site's one script goes on with names.js, box.js, marks.js, keys.js, progress.js and suggest.js. */
"use strict";

/* The id that the address names; what is not encoded as it should be stays as it is. */
function anchor() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

document.documentElement.classList.add("scripted");

(function () {
  /* A note that unfolds, or its evidence, goes across the page: away from where it floated. */
  addEventListener("toggle", ({ target }) => {
    const note = target.open && target.closest(".note");
    if (note) (target.matches(".rest") ? note : target).scrollIntoView({ block: "nearest" });
  }, true);

  /* #L12-L18 marks several lines; a target opens all that it is folded in, and a note unfolds. */
  function followHash() {
    document.querySelectorAll(".chosen").forEach((line) => line.classList.remove("chosen"));
    const range = /^#L(\d+)-L(\d+)$/.exec(location.hash);
    const target = document.getElementById(range ? "L" + range[1] : anchor());
    if (!target) return;
    const fold = target.closest("details") || target.querySelector(":scope > .rest");
    for (let one = fold; one; one = one.parentElement.closest("details")) one.open = true;
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

/* A link of another version goes on to the same statement, and the page that it ends at says so. A
   link to what is not on a page says that, too: none ends at the top of a page in silence. */
(function () {
  const lead = document.getElementById("earlier");
  const main = document.querySelector("main[data-links]");
  const lines = /^#L(\d+)(?:-L(\d+))?$/;

  function noteAddress(hash) {
    for (const [source, index] of window.srcread || []) {
      const found = hash.startsWith("#n-") && index.notes.find(([, address]) => address.endsWith(hash));
      if (found) return new URL(found[1], source).href;
    }
    return null;
  }

  /* Where a link to this earlier page leads, or nothing: its lines are links where they are known. */
  function onward(hash) {
    const asked = lines.exec(hash);
    const [first, last] = asked ? asked.slice(1).map((line) => document.getElementById("L" + line)) : [];
    if (asked) return first && first.href ? first.href + (last && last.href ? "-" + last.hash.slice(1) : "") : null;
    if (hash.length > 1) return noteAddress(hash);
    return lead.dataset.href ? new URL(lead.dataset.href, location.href).href : null;
  }

  function goOn() {
    const address = onward(location.hash);
    if (!address) return;
    const url = new URL(address);
    const asked = lines.exec(location.hash);
    url.search = "?was=" + encodeURIComponent(lead.dataset.was + (asked ? ":" + asked[1] : ""));
    location.replace(url.href);
  }

  function say(words) {
    document.querySelectorAll(".said").forEach((one) => one.remove());
    const said = document.createElement("p");
    const close = document.createElement("button");
    said.className = "said";
    said.setAttribute("role", "status");
    close.type = "button";
    close.textContent = JSON.parse(main.dataset.links).dismiss;
    close.addEventListener("click", () => said.remove());
    said.append(words + " ", close);
    document.body.append(said);
  }

  function missing() {
    const asked = lines.exec(location.hash);
    const words = JSON.parse(main.dataset.links);
    const id = asked ? "L" + asked[1] : anchor();
    if (!id || document.getElementById(id)) return;
    const elsewhere = noteAddress(location.hash);
    if (elsewhere && elsewhere !== location.href) location.replace(elsewhere);
    else say(asked ? words.no_line.replace("{line}", asked[1]) : words.no_place);
  }

  if (lead) {
    addEventListener("hashchange", goOn);
    goOn();
  }
  if (!main) return;
  const parameters = new URLSearchParams(location.search);
  if (parameters.has("was")) {
    const [was, line] = parameters.get("was").split(":");
    const words = JSON.parse(main.dataset.links);
    say((line ? words.carried : words.carried_page).replace("{was}", was).replace("{line}", line));
    parameters.delete("was");
    const rest = parameters.size ? "?" + parameters : "";
    history.replaceState(null, "", location.pathname + rest + location.hash);
  } else {
    addEventListener("hashchange", missing);
    missing();
  }
})();

/* What a run did: another scenario or call path in place, written as srcread/site/runs/marks.py
   writes it. Links in the code carry both along. Without script there are pages of their own. */
(function () {
  const box = document.getElementById("runs");
  if (!box) return;
  const words = JSON.parse(box.dataset.words);
  let scenario = Number(box.dataset.scenario);
  let key = box.dataset.key;
  let shown = Number(box.dataset.shown);
  const told = box.querySelector(".scenario .at");
  const untold = told ? told.textContent : "";

  function load(then) {
    if (window.srcreadRuns || !box.dataset.script) return window.srcreadRuns && then(window.srcreadRuns);
    const script = document.createElement("script");
    script.src = box.dataset.script;
    script.onload = () => then(window.srcreadRuns);
    document.head.append(script);
  }

  function make(tag, css, text) {
    const one = document.createElement(tag);
    if (css) one.className = css;
    if (text) one.textContent = text;
    return one;
  }

  /* Show a scenario, and of its cases the one that `wanted` accepts, else the first. */
  function show(data, number, wanted) {
    const cases = data.runs.find((one) => one[0] === number)[1];
    const chosen = cases.find(wanted) || cases[0];
    [scenario, shown, key] = [number, chosen[0], data.scenarios[number][0]];
    write(data);
    const title = box.querySelector(".title");
    [, title.textContent, title.lang] = data.scenarios[number];
    box.querySelectorAll(".scenarios [data-scenario]").forEach((one) => {
      one.toggleAttribute("aria-current", Number(one.dataset.scenario) === number);
      if (one.hasAttribute("aria-current")) {
        one.setAttribute("aria-current", "true");
        if (told) told.textContent = one.dataset.at || untold;
      }
    });
    listCases(cases);
    carry(chosen[2][0] || null);
  }

  /* The marks and ends of all lines, and the list of operators. */
  function write(data) {
    const [ran, ends, operators] = data.cases[shown];
    const elsewhere = {};
    for (const [number, cases] of data.runs) {
      for (const line of new Set(cases.flatMap((one) => data.cases[one[0]][0]))) (elsewhere[line] ||= []).push(number);
    }
    const reasons = {};
    const language = document.documentElement.lang;
    for (const [line, reason, whys] of data.never) {
      const own = language in whys ? language : "en";
      reasons[line] = [(words["reason_" + reason.split(" ")[0]] || reason) + " · ", whys[own], own];
    }
    const parts = {};
    const add = (line, kind, word, text, dims = [], own = "", end = "") => {
      const part = make("span", "t " + kind, word);
      let last = 0;
      for (let at = 0; at < dims.length; at += 3) {
        const number = make("abbr", "d" + dims[at + 2], text.slice(dims[at], dims[at + 1]));
        number.title = data.dims[dims[at + 2]];
        part.append(text.slice(last, dims[at]), number);
        last = dims[at + 1];
      }
      if (text && own && own !== language) {
        part.append(make("span", "", text));
        part.lastChild.lang = own;
      } else part.append(text.slice(last));
      part.append(end);
      (parts[line] ||= make("span", "e")).append(" ", part);
    };
    let before = "";
    for (const line of data.lines) {
      const mark = ran.includes(line) ? "ran" : elsewhere[line] ? "other" : "never";
      const others = mark === "other" ? elsewhere[line] : [];
      const here = others.includes(scenario);
      const word = words[here ? "case" : mark];
      const first = others.length && !here && data.scenarios[others[0]];
      const why = mark === "never" && reasons[line] || ["", ""];
      const [text, own] = (first || why).slice(1);
      let [begin, end] = first ? words.title.split("{title}") : [why[0], ""];
      if (first && others.length > 1) end += " +" + (others.length - 1);
      const glyph = document.querySelector("#L" + line + " > .run");
      glyph.className = "run " + mark;
      glyph.title = word;
      glyph.setAttribute("aria-label", word);
      glyph.textContent = words[mark + "_glyph"];
      const said = word + "\n" + text + end;
      if (said !== before) add(line, mark, text ? word + words.colon + begin : word, text, [], own, end);
      before = said;
    }
    /* What folds is of the scenario that the page was made with. */
    for (const fold of document.querySelectorAll(".unrun")) fold.open = fold.querySelector("summary").hidden = true;
    for (const [line, kind, text, dims] of ends) add(line, kind, words[kind] || "", text, dims);
    document.querySelectorAll(".l > .e").forEach((one) => one.remove());
    for (const line in parts) {
      const row = document.getElementById("L" + line);
      if (row) row.lastChild.before(parts[line]), fitEnd(row);
    }
    listOperators(operators);
    document.querySelectorAll(".lists .unmade").forEach((one) => one.remove());
    for (const id of data.unmade[scenario] || []) {
      const [anchor, place] = id.split(" ");
      const item = document.getElementById(anchor);
      const row = place ? item.querySelectorAll("li")[place] : item;
      [...row.children].findLast((one) => one.matches(".at")).after(" ", make("span", "at unmade", words.unmade));
    }
    dispatchEvent(new Event("ran"));
  }

  /* The line's own end stays behind what was added. */
  function fitEnd(row) {
    const last = row.lastChild;
    if (last.nodeType === 3 && last.data !== "\n" && last.data.endsWith("\n")) {
      row.insertBefore(document.createTextNode(last.data.slice(0, -1)), row.querySelector(":scope > .e"));
      last.data = "\n";
    }
  }

  function listOperators(operators) {
    const section = document.getElementById("ran-operators");
    section.hidden = !operators.length;
    section.querySelector("ul").replaceChildren(
      ...operators.map(([line, names]) => {
        const [item, at, link] = [make("li"), make("span", "at", words.line + " "), make("a", "", String(line))];
        link.href = "#L" + line;
        at.append(link);
        item.append(at, " ", make("code", "", names.join(", ")));
        return item;
      }),
    );
  }

  function listCases(cases) {
    let row = box.querySelector(".cases");
    if (!row) {
      row = make("p", "cases");
      box.querySelector(".legend").after(row);
    }
    row.hidden = cases.length < 2;
    row.replaceChildren(words.cases + " ");
    for (const [number, path, edges] of cases) {
      const one = make("span", "", path || words.begin);
      one.dataset.case = number;
      one.dataset.from = edges.map((edge) => edge.join(":")).join(" ");
      if (number === shown) one.setAttribute("aria-current", "true");
      row.append(one, " ");
    }
    press();
  }

  /* What only script can switch becomes a button once there is script. */
  function press() {
    box.querySelectorAll("span[data-case], span[data-scenario]").forEach((one) => {
      if (one.querySelector("button")) return;
      const button = make("button", "", one.textContent);
      button.type = "button";
      if (one.title) button.title = one.title;
      one.replaceChildren(button);
    });
  }

  /* Links in the code lead on in this scenario, and name the call that they stand at. */
  function carry(edge) {
    const from = edge ? "&from=" + encodeURIComponent(edge.join(":")) : "";
    for (const link of document.querySelectorAll(".l[id] a.call, .l[id] a.forward")) {
      const page = link.getAttribute("href").split("?")[0];
      if (page.startsWith("#")) continue;
      const site = [box.dataset.name, shown, link.closest(".l").id.slice(1)].join(":");
      link.href = page + "?run=" + encodeURIComponent(key) + "&from=" + encodeURIComponent(site);
    }
    if (edge !== undefined) history.replaceState(null, "", "?run=" + encodeURIComponent(key) + from + location.hash);
  }

  box.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const one = event.target.closest("[data-case], .scenarios [data-scenario]");
    if (!one || !box.dataset.script) return;
    event.preventDefault();
    const number = one.dataset.case;
    load((data) => {
      if (number !== undefined) show(data, scenario, (item) => item[0] === Number(number));
      else show(data, Number(one.dataset.scenario), () => true);
      const again = number !== undefined && box.querySelector('[data-case="' + number + '"] button');
      if (again) again.focus();
    });
  });

  press();
  const asked = new URLSearchParams(location.search);
  const [run, from] = [asked.get("run"), asked.get("from")];
  const first = box.querySelector("[data-case]");
  /* By the very call, else by the case of its caller: the link may stand at a call that was not made. */
  const caller = from && from.replace(/\d+$/, "");
  const by = (edge) => edge === from ? 2 : edge.startsWith(caller) ? 1 : 0;
  const rate = (edges) => Math.max(0, ...edges.map(by));
  const ratings = (all) => (all.some((edges) => rate(edges) === 2) ? 2 : 1);
  if (run && run !== key) {
    load((data) => {
      const known = data.runs.find((one) => data.scenarios[one[0]][0] === run);
      if (!known) return;
      const lists = known[1].map((item) => item[2].map((edge) => edge.join(":")));
      show(data, known[0], (item) => from && rate(item[2].map((edge) => edge.join(":"))) >= ratings(lists));
    });
  } else if (from) {
    const listed = [...box.querySelectorAll("[data-from]")];
    const best = ratings(listed.map((one) => one.dataset.from.split(" ")));
    const other = listed.find((one) => rate(one.dataset.from.split(" ")) >= best);
    if (other && other !== first) load((data) => show(data, scenario, (item) => item[0] === Number(other.dataset.case)));
  }
  carry();
})();

/* A call unfolds where it stands: the callee's code below its line, its notes named, three deep, and
   each function once. The link leads to its page as ever. */
(function () {
  const main = document.querySelector("main[data-unfold]");
  if (!main || !window.srcread) return;
  const base = new URL(".", document.currentScript.src).href;
  const index = window.srcread[0][1];
  const deepest = 3;
  const box = document.getElementById("runs");
  const runs = box ? JSON.parse(box.dataset.words) : {};
  const open = new Map(); // by the callee's page

  function make(tag, css, text) {
    const one = document.createElement(tag);
    if (css) one.className = css;
    if (text) one.textContent = text;
    return one;
  }

  /* Not of the page's own function, nor of those that the part is in. */
  function offer(part, depth, around) {
    for (const link of part.querySelectorAll("a.call:not(.long), a.forward:not(.long)")) {
      const file = link.getAttribute("href").split(/[?#]/)[0];
      if (!file || around.includes(file) || link.closest(".l").querySelector('[data-file="' + CSS.escape(file) + '"]')) continue;
      const button = make("button", "unfold", "+");
      button.type = "button";
      button.dataset.file = file;
      label(button, link.textContent, false);
      button.addEventListener("click", () => toggle(button, link, file, depth, around));
      link.after(button);
    }
  }

  function label(button, name, unfolded) {
    const word = unfolded ? main.dataset.fold : main.dataset.unfold.replace("{name}", name);
    button.textContent = unfolded ? "−" : "+";
    button.title = word;
    button.setAttribute("aria-label", word);
    button.setAttribute("aria-expanded", String(unfolded));
  }

  function toggle(button, link, file, depth, around) {
    const there = open.get(file);
    if (there && there.button === button) return fold(file);
    if (there) return there.block.querySelector("a").focus();
    const script = make("script");
    const key = decodeURIComponent(file);
    const path = new URL(file, location.href).href.slice(base.length); // begins with the language
    script.src = base + "code" + path.slice(path.indexOf("/")).replace(/\.html$/, ".js");
    script.onload = () => {
      script.remove();
      unfold(button, link, file, window.srcreadCode[key], depth, around);
    };
    document.head.append(script);
  }

  /* Whether the scenario shown made the call: its statement's mark stands at this line or above it. */
  function tell(block, link) {
    let line = link.closest(".l");
    while (line && !line.querySelector(":scope > .run")) line = line.previousElementSibling;
    const mark = line && line.querySelector(".run");
    const made = !mark || mark.matches(".ran") || mark.title === runs.case;
    block.querySelector(".unmade").textContent = made ? "" : runs.unmade;
  }
  addEventListener("ran", () => open.forEach(({ block, link }) => link.closest(".unfolded") || tell(block, link)));

  function fold(file) {
    const { block, button, link } = open.get(file);
    for (const inner of block.querySelectorAll("button.unfold[aria-expanded=true]")) open.delete(inner.dataset.file);
    block.remove();
    open.delete(file);
    label(button, link.textContent, false);
  }

  function unfold(button, link, file, code, depth, around) {
    const block = make("span", "unfolded");
    block.setAttribute("role", "group");
    block.setAttribute("aria-label", code.short);
    const head = make("span", "where");
    const name = make("a", "", code.short);
    name.setAttribute("href", link.getAttribute("href"));
    head.append(name, " ", make("span", "at", code.place + ":" + code.first));
    for (const [title, address] of index.notes) {
      const of = address.split(/[?#]/)[0];
      if (of !== file && of.replace(/~[^~]*\.html$/, ".html") !== file) continue;
      const note = make("a", "about", title);
      note.href = address;
      head.append("\n", note);
    }
    block.append(head);
    const told = make("span", "at unmade");
    head.append(" ", told);
    code.lines.forEach((html, number) => {
      const line = make("span", "l");
      const anchor = make("a", "", String(code.first + number));
      anchor.href = file + "#L" + (code.first + number);
      anchor.tabIndex = -1;
      line.innerHTML = html + "\n"; // escaped piece by piece when the site was built
      line.prepend(anchor);
      block.append(line);
    });
    link.closest(".l").after(block);
    open.set(file, { block, button, link });
    if (depth === 1) tell(block, link);
    label(button, link.textContent, true);
    if (depth < deepest) offer(block, depth + 1, [...around, file]);
  }

  const own = location.pathname.split("/").pop().replace(/~[^~]*\.html$/, ".html");
  offer(main, 1, [own]);
})();
