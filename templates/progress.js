/* Which steps of a tour this reader has read: those whose note's end was on the screen for a while, or
   that were on it when the reader went on to the next. Kept in this browser alone, by tour and version,
   for all languages. Where nothing can be kept, nothing is shown. */
(function () {
  const box = document.querySelector("[data-progress]");
  if (!box) return;
  const store = "srcread:read:" + box.dataset.progress;
  const pause = 3000;
  const said = box.querySelector(".progress");
  const words = window.srcread[0][1].words;
  const items = [...box.querySelectorAll(".steps > li")];
  const stem = (item) => (item.querySelector("a") || { hash: "" }).hash.slice(1);
  const count = document.createElement("span");
  const forget = document.createElement("button");
  forget.type = "button";
  forget.textContent = words.progress_forget;
  let read;
  try {
    read = new Set(JSON.parse(localStorage.getItem(store) || "[]"));
    localStorage.setItem(store, JSON.stringify([...read]));
  } catch {
    return;
  }

  function show() {
    let sum = 0;
    for (const item of items) {
      const done = read.has(stem(item));
      sum += done;
      if (done === item.classList.contains("read")) continue;
      item.classList.toggle("read", done);
      const word = item.querySelector(".word");
      if (word) word.remove();
      if (!done) continue;
      const added = document.createElement("span");
      added.className = "unseen word";
      added.textContent = " (" + words.progress_read + ")";
      item.append(added);
    }
    count.textContent = words.progress.replace("{count}", sum).replace("{total}", items.length);
    forget.hidden = !sum;
  }

  function keep() {
    try {
      localStorage.setItem(store, JSON.stringify([...read]));
    } catch {
      // It was possible a moment ago; what is shown holds for this page.
    }
    show();
  }

  said.append(count, forget);
  forget.addEventListener("click", () => {
    read.clear();
    keep();
  });
  function add(ids) {
    const fresh = ids.filter((id) => !read.has(id));
    for (const id of fresh) read.add(id);
    if (fresh.length) keep();
  }

  const seen = new Set();
  const waiting = new Map();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const id = target.closest(".note").id;
      if (target.matches("h2")) {
        if (isIntersecting) seen.add(id);
        continue;
      }
      clearTimeout(waiting.get(id));
      if (isIntersecting) waiting.set(id, setTimeout(() => document.hidden || add([id]), pause));
    }
  });
  /* Of a note that is folded the title alone was on the screen. */
  const whole = (id) => !document.querySelector("#" + CSS.escape(id) + " .rest:not([open])");
  for (const note of document.querySelectorAll(".note")) {
    const ends = [...note.querySelectorAll(".body > :last-child")].slice(-1);
    for (const part of [note.querySelector("h2"), ...ends]) watch.observe(part);
  }
  const next = document.getElementById("next");
  if (next) next.addEventListener("click", () => add([...seen].filter(whole)));
  show();
})();
