/* On the page for lost addresses: what was asked for, where it stands now, names like it. The page
   is served at any depth, so its links are set from where this script was found. */
"use strict";
(function () {
  if (window.srcreadLost) return; // found at two depths: above a host's root is the root again
  window.srcreadLost = true;
  const root = new URL(".", document.currentScript.src).href;
  const [language, tour, , file] = location.href.slice(root.length).split(/[?#]/)[0].split("/");
  const sections = [...document.querySelectorAll(".lost")];
  const wanted = [language, ...navigator.languages.map((one) => one.split("-")[0])];
  const section = wanted.map((one) => sections.find((each) => each.lang === one)).find(Boolean) || sections[0];
  const most = 6;

  for (const link of document.querySelectorAll("a[data-path]")) link.href = root + link.dataset.path;
  sections.forEach((one) => { one.hidden = one !== section; });
  document.documentElement.lang = section.lang;
  document.title = section.querySelector("h1").textContent;
  const asked = section.querySelector(".asked");
  asked.querySelector("code").textContent = location.pathname + location.hash; // coded: nothing of it is shown as another thing
  asked.hidden = false;
  translate(section.dataset);

  /* What stands around is in the first language. The section has the words in its own. */
  function translate(own) {
    document.querySelector(".skip").textContent = own.skip;
    document.querySelector(".crumbs").setAttribute("aria-label", own.here);
    const box = document.getElementById("search");
    if (!box) return;
    document.querySelector("label[for=search]").textContent = own.search;
    document.getElementById("found").setAttribute("aria-label", own.results);
    box.placeholder = own.hint;
  }

  /* The indexes first, then the script that searches them: in this order. */
  const folders = [...section.querySelectorAll("a[data-folder]")].map((one) => one.dataset.folder);
  const scripts = [...folders.map((folder) => section.lang + "/" + folder + "symbols.js"), "script.js"];
  scripts.forEach((address, number) => {
    const script = document.createElement("script");
    script.src = root + address;
    script.async = false;
    if (number === scripts.length - 1) script.onload = lead;
    document.head.append(script);
  });

  /* A page of a tour: in the tour's present version, by its note or its name, else by names like it. */
  function lead() {
    if (!/\.html$/.test(file || "")) return;
    const indexes = window.srcread || [];
    const own = indexes.filter(([source]) => source.startsWith(root + section.lang + "/" + tour + "/"));
    const found = own.flatMap(([source, index]) => noteOf(source, index) || pageOf(source, index) || []);
    if (found.length) return fill("now", found);
    const near = indexes.flatMap(([source, index]) => index.symbols.map(([name, address]) => [likeness(name), name, new URL(address, source).href]));
    near.sort((one, other) => other[0] - one[0]);
    fill("near", near.filter((one) => one[0] > 0.7).slice(0, most).map(([, name, href]) => [name, href]));
  }

  function noteOf(source, index) {
    const note = location.hash.startsWith("#n-") && index.notes.find((one) => one[1].endsWith(location.hash));
    return note && [[note[0], new URL(note[1], source).href]];
  }

  function pageOf(source, index) {
    const stems = [file, file.replace(/~[^~]*\.html$/, ".html")]; // without its scenario
    const symbol = index.symbols.find((one) => stems.includes(one[1]));
    if (!symbol) return null;
    section.querySelector(".moved").hidden = !/^#L\d/.test(location.hash);
    return [[symbol[0], new URL(symbol[1], source).href]];
  }

  function fill(css, links) {
    if (!links.length) return;
    const part = section.querySelector("." + css);
    part.querySelector("ul").replaceChildren(...links.map(([text, href]) => {
      const [item, link] = [document.createElement("li"), document.createElement("a")];
      link.href = href;
      link.textContent = text;
      item.append(link);
      return item;
    }));
    part.hidden = false;
  }

  /* How many pairs of letters two names share: of the whole names, and of their last parts. */
  function likeness(name) {
    const stem = file.slice(0, -5);
    return shared(stem, name) + shared(lastOf(stem), lastOf(name));
  }
  function lastOf(name) {
    return name.split(".").slice(-2).join(".");
  }
  function shared(one, other) {
    const [mine, its] = [pairs(one), pairs(other)];
    return (2 * [...mine].filter((pair) => its.has(pair)).length) / (mine.size + its.size || 1);
  }
  function pairs(text) {
    const lower = text.toLowerCase();
    return new Set([...lower].slice(1).map((letter, place) => lower[place] + letter));
  }
})();
