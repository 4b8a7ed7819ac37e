/* Keys. j and k go from row to row, n and p from step to step, u up, / to the search box; Enter
   unfolds a call of the line in focus, e opens the evidence, s shows the next scenario, ? lists
   them all as buttons. A reader can switch them off, which stays so (WCAG 2.1.4). */
(function () {
  const opener = document.getElementById("keys");
  const box = document.getElementById("search");
  const store = "srcread:keys";
  const words = (window.srcread && window.srcread[0] && window.srcread[0][1].words) || {};
  let on = true;
  try {
    on = localStorage.getItem(store) !== "off";
  } catch {
    // Storage is blocked: the choice holds for this page.
  }

  const rows = () => [...document.querySelectorAll(".group")];

  /* The row in focus, else the one at the top of the window. */
  function here() {
    const focused = document.activeElement.closest(".group");
    return focused || rows().findLast((one) => one.getBoundingClientRect().top <= innerHeight / 4) || rows()[0];
  }

  function section(step) {
    const all = rows();
    const edge = innerHeight / 4;
    const tops = all.map((one) => one.getBoundingClientRect().top);
    const next = step > 0 ? tops.findIndex((top) => top > edge) : tops.findLastIndex((top) => top < -1);
    if (next < 0) return;
    all[next].scrollIntoView();
    const code = all[next].querySelector(".code");
    if (code) code.focus({ preventScroll: true });
  }

  function follow(id) {
    const link = document.getElementById(id);
    if (link) link.click();
  }

  /* The call of the line in focus or chosen, else the first in sight of the row in focus. */
  function unfold() {
    const line = document.activeElement.closest(".l") || document.querySelector(".l:target, .l.chosen");
    const near = line && line.querySelector("button.unfold");
    const seen = (one) => {
      const { top, bottom } = one.closest(".l").getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    };
    const row = here();
    const button = near || (!line && row && [...row.querySelectorAll("button.unfold")].find(seen));
    if (button) button.click();
    return Boolean(button);
  }

  /* Of the row here, else of the last note above it. */
  function evidence() {
    const all = rows();
    const note = document.activeElement.closest(".note") || document.querySelector(".note:target");
    const above = all.slice(0, all.indexOf(here()) + 1).flatMap((one) => one.querySelector(".note .evidence") || []);
    const fold = (note && note.querySelector(".evidence")) || above.at(-1);
    if (!fold) return;
    if (fold.href) {
      location.href = fold.href;
      return;
    }
    const around = [];
    for (let one = fold; (one = one.parentElement.closest("details")); ) around.push(one);
    fold.open = !(fold.open && around.every((one) => one.open));
    if (fold.open) for (const one of around) one.open = true;
    fold.querySelector("summary").focus({ preventScroll: true });
  }

  function scenario() {
    const all = [...document.querySelectorAll(".scenarios [data-scenario]")];
    if (all.length < 2) return;
    const next = all[(all.findIndex((one) => one.hasAttribute("aria-current")) + 1) % all.length];
    (next.querySelector("button") || next).click();
  }
  const told = document.querySelector("#runs .scenario");
  if (told) told.setAttribute("aria-live", "polite");

  const keys = {
    j: () => section(1),
    k: () => section(-1),
    n: () => follow("next"),
    p: () => follow("previous"),
    u: () => follow("up"),
    Enter: unfold,
    e: evidence,
    s: scenario,
    "/": () => box && box.focus(),
    "?": list,
  };

  function make(tag, text, ...children) {
    const one = document.createElement(tag);
    if (text) one.textContent = text;
    one.append(...children);
    return one;
  }

  let dialog = null;
  function list() {
    if (!opener) return;
    if (!dialog) document.body.append((dialog = build()));
    dialog.showModal();
  }

  /* Each key as a button that does the same, and the switch. */
  function build() {
    const made = make("dialog");
    const title = make("h2", words.keys_title);
    title.id = "keys-title";
    made.setAttribute("aria-labelledby", title.id);
    const table = make("dl");
    table.className = "keys";
    for (const [key, word] of Object.entries(words.keys)) {
      const button = make("button", "", make("kbd", key));
      button.type = "button";
      button.setAttribute("aria-label", key + ": " + word);
      button.addEventListener("click", () => {
        made.close();
        keys[key]();
      });
      table.append(make("dt", "", button), make("dd", word));
    }
    const check = make("input");
    check.type = "checkbox";
    check.checked = on;
    check.addEventListener("change", () => {
      on = check.checked;
      try {
        localStorage.setItem(store, on ? "on" : "off");
      } catch {
        // As above.
      }
    });
    const close = make("button", words.close);
    close.type = "button";
    close.addEventListener("click", () => made.close());
    const label = make("label", "", check, " " + words.keys_on);
    made.append(title, table, make("p", "", label), make("p", "", close));
    return made;
  }

  if (opener) opener.addEventListener("click", list);
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (!Object.hasOwn(keys, event.key)) return;
    if (event.key === "Enter") {
      /* Links and buttons keep their own meaning, but for the number of the line chosen already. */
      const link = event.target.closest("a, button, summary");
      if (link && !(link.matches(".l > a:first-child") && link.hash === location.hash)) return;
      if (unfold()) event.preventDefault();
      return;
    }
    event.preventDefault();
    keys[event.key]();
  });
})();
