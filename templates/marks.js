/* What a sentence stands on, shown where its mark is pointed at, focused or touched: the claim with
   what was observed, the place that was read, or the source. Without script a mark is a link there. */
(function () {
  const box = document.createElement("div");
  box.className = "basis";
  box.id = "basis";
  box.setAttribute("role", "tooltip");
  let shown = null;
  let pause = 0;

  function show(mark) {
    clearTimeout(pause);
    if (mark === shown) return;
    hide();
    const target = document.getElementById(decodeURIComponent(mark.hash.slice(1)));
    if (!target) return;
    const said = document.createElement("p");
    said.lang = target.closest("[lang]").lang;
    said.append(...[...target.childNodes].map((node) => node.cloneNode(true)));
    box.replaceChildren(said);
    for (const seen of document.querySelectorAll(`[data-claim="${CSS.escape(target.id)}"] dl`)) {
      box.append(seen.cloneNode(true));
    }
    document.body.append(box);
    const at = mark.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8);
    const below = at.bottom + box.offsetHeight + 6 < innerHeight || at.top < box.offsetHeight + 6;
    box.style.left = `${Math.max(left, 8) + scrollX}px`;
    box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) + scrollY}px`;
    mark.setAttribute("aria-describedby", box.id);
    shown = mark;
  }

  function hide() {
    clearTimeout(pause);
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
    box.remove();
  }

  function later() {
    clearTimeout(pause);
    pause = setTimeout(hide, 250); // the pointer may be on its way to the box
  }

  const markOf = (event) => event.target.closest && event.target.closest(".note a.mark");
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (markOf(event)) show(markOf(event));
    else if (box.contains(event.target)) clearTimeout(pause);
    else if (shown && document.activeElement !== shown) later();
  });
  document.addEventListener("focusin", (event) => {
    if (markOf(event)) show(markOf(event));
    else if (!box.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const mark = markOf(event);
    if (mark && event.pointerType === "touch") {
      event.preventDefault();
      if (mark.dataset.touched) hide();
      else show(mark);
      mark.toggleAttribute("data-touched");
    } else if (shown && !box.contains(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
})();
