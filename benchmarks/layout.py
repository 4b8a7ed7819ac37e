"""How pages with notes are laid out: holes in the code, tails below it, notes below their lines.

    python -m benchmarks.layout SITE [SITE …] [--language LANGUAGE] [--width PX] [--all] [--worst N]

Each SITE is a built site; name the one before a change and the one after, and both are measured in
the same run. Of every function that has notes its first page is opened from file://, in a window of
900 pixels; `--all` opens those of further scenarios, too. Figures are pixels of a page as it opens:

- *hole*: from the last line of one group of lines to the first line of the next. Of these, *empty*
  are those where no note lies across.
- *tail*: from the last line to what follows, beyond the room that a heading has above it.
- *drift*: how far a note's top is below the top of its first line, in pixels and in lines of code.
- *inner*: boxes of notes that scroll, or hide a part of what is in them.
- *shift*: the sum of what the browser counts as layout shift.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

LINE = 19.5
"""A line of code, in pixels."""


class Measured(NamedTuple):
    """The figures of one page."""

    address: str
    holes: float
    empty: float
    worst: float
    tail: float
    drift: float
    across: int
    notes: int
    inner: int
    height: float
    shift: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each site, and its worst pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("sites", type=Path, nargs="+")
    parser.add_argument("--language", default="en")
    parser.add_argument("--width", type=int, default=1366)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--worst", type=int, default=0)
    given = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": given.width, "height": 900})
        page = context.new_page()
        page.add_init_script(_SHIFTS)
        for site in given.sites:
            noted = list(_noted(site / given.language, given.all))
            found = [_measured(page, site, address) for address in noted]
            print(_line(site, found))
            for one in sorted(found, key=_badness, reverse=True)[: given.worst]:
                print(f"  {one}")
        browser.close()


def _noted(folder: Path, every: bool) -> Iterator[Path]:
    """Yield the pages of functions that have notes, in the order of their addresses."""
    for path in sorted(folder.glob("*/*/*.html")):
        further = "~" in path.name
        if (every or not further) and b'<article class="note' in path.read_bytes():
            yield path


def _measured(page: Any, site: Path, path: Path) -> Measured:
    page.goto(path.resolve().as_uri())
    found = page.evaluate(_MEASURE)
    return Measured(path.relative_to(site).as_posix(), **found)


def _badness(one: Measured) -> tuple[float, float]:
    return max(one.empty, one.tail, one.drift), one.holes


def _line(site: Path, found: Sequence[Measured]) -> str:
    def total(name: str) -> float:
        return sum(float(getattr(one, name)) for one in found)

    drift = max(one.drift for one in found)
    return (
        f"{site}: {len(found)} pages, {total('notes'):.0f} notes, {total('across'):.0f} across; "
        f"holes {total('holes'):,.0f} px (empty {total('empty'):,.0f}, worst "
        f"{max(one.worst for one in found):,.0f}), tails {total('tail'):,.0f}, "
        f"drift {drift:,.0f} px = {drift / LINE:.1f} lines "
        f"(over 12: {sum(one.drift > 12 * LINE for one in found)} pages), "
        f"inner boxes {total('inner'):.0f}, heights {total('height'):,.0f}, "
        f"shift {total('shift'):.4f}"
    )


_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""

_MEASURE = """async () => {
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
  const top = (one) => one.getBoundingClientRect().top;
  const bottom = (one) => one.getBoundingClientRect().bottom;
  const shows = (one) => one && one.checkVisibility();
  const rows = [...document.querySelectorAll(".group")];
  const groups = rows.filter((one) => one.querySelector(".code > *"));
  const end = (group) => bottom([...group.querySelectorAll(".code > *")].at(-1));
  const begin = (group) => top(group.querySelector(".code > *"));
  let [holes, empty, worst] = [0, 0, 0];
  groups.slice(1).forEach((group, place) => {
    const hole = begin(group) - end(groups[place]);
    if (hole < 2) return;
    holes += hole;
    worst = Math.max(worst, hole);
    if (!group.querySelector(".across")) empty += hole;
  });
  const after = [...document.querySelectorAll(".lists h2, .lists summary")].find(shows);
  const last = groups.at(-1);
  const tail = after && last ? Math.max(0, top(after) - end(last) - 48) : 0;
  const notes = [...document.querySelectorAll(".note")];
  const drifts = notes.map((note) => {
    const link = note.querySelector('.number a[href^="#L"]');
    const line = link && document.getElementById(link.hash.slice(1));
    return line && line.getClientRects().length ? top(note) - top(line) : 0;
  });
  const boxes = [...document.querySelectorAll(".notes, .notes *")].filter((one) => {
    const style = getComputedStyle(one);
    if (!shows(one) || style.display === "inline" || style.clipPath !== "none") return false;
    const wide = one.scrollWidth > one.clientWidth + 1 && style.overflowX !== "visible";
    const high = one.scrollHeight > one.clientHeight + 1 && style.overflowY !== "visible";
    const edges = [one, one.closest(".notes")].map((box) => box.getBoundingClientRect().right);
    const out = edges[0] > edges[1] + 1;
    return wide || high || (out && one.matches("pre, table, math"));
  });
  return {
    holes, empty, worst, tail,
    drift: Math.max(0, ...drifts),
    across: document.querySelectorAll(".across .note").length,
    notes: notes.length,
    inner: boxes.length,
    height: document.documentElement.scrollHeight,
    shift: window.shifted,
  };
}"""


if __name__ == "__main__":
    main()
