/* On a page that `srcread serve` shows: reload when the site was built anew, run a note's snippet. */
"use strict";
(function () {
  const serve = window.srcreadServe;
  const words = serve.words[document.documentElement.lang] || serve.words.en;

  function element(name, text, css) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (css) made.className = css;
    return made;
  }

  /* A hidden page does not listen: a browser keeps few connections to one server. */
  const shown = document.currentScript.dataset.build;
  let stream = null;
  function listen() {
    if (document.hidden) {
      if (stream) stream.close();
      stream = null;
    } else if (!stream) {
      stream = new EventSource("/-/events");
      stream.addEventListener("build", (event) => {
        if (event.data !== shown) location.reload();
      });
      stream.addEventListener("problem", (event) => tell(JSON.parse(event.data)));
    }
  }
  document.addEventListener("visibilitychange", listen);
  listen();

  function tell(problem) {
    let banner = document.getElementById("serve-problem");
    if (!banner) {
      banner = element("p", "", "banner served");
      banner.id = "serve-problem";
      banner.setAttribute("role", "alert");
      document.body.prepend(banner);
    }
    banner.textContent = words.problem + " " + problem;
  }

  for (const place of document.querySelectorAll("[data-note]")) {
    const button = element("button", words.run + " (" + serve.device + ")", "runs-here");
    const result = element("div", "", "result");
    button.type = "button";
    result.setAttribute("role", "status");
    place.append(" ", button);
    place.after(result);
    button.addEventListener("click", async () => {
      button.disabled = true;
      result.replaceChildren(element("p", words.running));
      try {
        result.replaceChildren(...told(await run(place.dataset.note)));
      } catch (error) {
        result.replaceChildren(element("p", words.unanswered + " " + error.message, "banner"));
      }
      button.disabled = false;
    });
  }

  async function run(note) {
    const answer = await fetch("/-/run", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ note }),
    });
    const type = answer.headers.get("Content-Type") || "";
    if (!type.startsWith("application/json")) throw new Error(await answer.text());
    const run = await answer.json();
    if (run.problem) throw new Error(run.problem);
    return run;
  }

  function told(run) {
    const said = run.said[document.documentElement.lang] || run.said.en;
    const held = run.claims.filter((claim) => claim.held).length;
    const verdict = run.equivalent ? words.equivalent : run.confirmed ? words.confirmed : words.unconfirmed;
    const count = words.claims.replace("{held}", held).replace("{count}", run.claims.length);
    const found = [element("p", words.here + " " + verdict + " · " + count, run.confirmed ? "standing confirmed" : "standing failed")];
    const versions = Object.entries(run.versions).map((pair) => pair.join(" "));
    found.push(element("p", [run.device, ...versions, said.sandbox].filter(Boolean).join(", "), "at"));
    for (const reason of said.reasons) found.push(element("p", reason, "banner"));
    const list = element("ul", "", "claims");
    for (const claim of run.claims) {
      const row = element("li", claim.sentence, claim.held ? "held" : "broken");
      if (!claim.held && claim.observed !== null) row.append(" ", element("code", claim.observed + (claim.expected === null ? "" : " ≠ " + claim.expected)));
      list.append(row);
    }
    found.push(list);
    if (run.output) {
      const output = element("pre");
      output.tabIndex = 0;
      output.append(element("samp", run.output));
      found.push(element("p", words.output), output);
    }
    return found;
  }
})();
