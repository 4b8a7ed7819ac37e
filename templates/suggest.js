/* "Suggest a note on this line": one button, which moves to the line that is pointed at or in focus,
   and one dialog with the command that begins the note. */
(function () {
  const main = document.querySelector("main[data-symbol]");
  if (!main) return;
  const index = window.srcread[0][1];
  const words = index.words;
  const button = make("button", "suggest", "✎");
  button.type = "button";
  let dialog = null;
  let range = "";

  function make(tag, css, text) {
    const one = document.createElement(tag);
    if (css) one.className = css;
    if (text) one.textContent = text;
    return one;
  }

  /* Only lines of the page's own function: those that unfold have no id. */
  function come(event) {
    const line = event.target.closest && event.target.closest(".l[id]");
    if (line && button.parentElement !== line && document.activeElement !== button) place(line);
  }

  function place(line) {
    const own = line.id.slice(1);
    const chosen = [...document.querySelectorAll(".l.chosen")].map((one) => one.id.slice(1));
    range = chosen.includes(own) ? chosen[0] + "–" + chosen.at(-1) : own;
    const word = words.suggest.replace("{line}", range);
    button.title = word;
    button.setAttribute("aria-label", word);
    line.firstElementChild.after(button);
  }

  function command() {
    const symbol = main.dataset.symbol + ":" + range.split("–")[0];
    const quoted = /^[\w.:-]+$/.test(symbol) ? symbol : "'" + symbol.replaceAll("'", "'\\''") + "'";
    return "srcread new " + quoted + " --tour " + index.name;
  }

  /* A new issue with everything filled in but what the reader knows. */
  function issue() {
    const body = [
      words.suggest_body,
      "",
      "tour: " + index.name,
      "version: " + index.version,
      "symbol: " + main.dataset.symbol,
      "line: " + range,
      "",
      command(),
    ].join("\n");
    const title = index.name + ": " + main.dataset.symbol + ":" + range;
    return index.repository + "/issues/new?title=" + encodeURIComponent(title) + "&body=" + encodeURIComponent(body);
  }

  function build() {
    const made = make("dialog");
    const title = make("h2");
    title.id = "suggest-title";
    made.setAttribute("aria-labelledby", title.id);
    const code = make("pre");
    code.tabIndex = 0;
    code.append(make("code"));
    const row = make("p");
    const copy = make("button", "", words.suggest_copy);
    copy.type = "button";
    copy.addEventListener("click", () => {
      navigator.clipboard.writeText(code.textContent).then(
        () => (copy.textContent = words.suggest_copied),
        () => getSelection().selectAllChildren(code),
      );
    });
    if (navigator.clipboard) row.append(copy, " ");
    if (index.repository) {
      const link = make("a", "", words.suggest_issue);
      link.rel = "noopener noreferrer";
      row.append(link, " ");
    }
    const close = make("button", "", words.close);
    close.type = "button";
    close.addEventListener("click", () => made.close());
    row.append(close);
    made.append(title, make("p", "", words.suggest_lead), code, row);
    return made;
  }

  button.addEventListener("click", () => {
    if (!dialog) document.body.append((dialog = build()));
    dialog.querySelector("h2").textContent = button.title;
    dialog.querySelector("code").textContent = command();
    const link = dialog.querySelector("a");
    if (link) link.href = issue();
    const copy = dialog.querySelector("button");
    if (navigator.clipboard) copy.textContent = words.suggest_copy;
    dialog.showModal();
  });
  main.addEventListener("pointerover", come);
  main.addEventListener("focusin", come);
  /* A link to a line brings it there; `:target` is not set yet while this runs. */
  function arrive() {
    const found = /^#(L\d+)(-L\d+)?$/.exec(location.hash);
    const line = found && document.getElementById(found[1]);
    if (line) place(line);
  }
  addEventListener("hashchange", arrive);
  arrive();
})();
