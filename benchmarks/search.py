"""How long the search box takes, in one Chromium whose processor is slowed: load, names, answers.

    python -m benchmarks.search SITE [--slowed N] [--rounds N]

SITE is a built site of several tours. Each figure is measured on the front page and on a page of a
tour, from file://, in a context that is new each round. *names* is a whole keystroke before any
words are there; *ready* is from the focus to the first answer, which loads the words and makes the
index; *letter* is each letter of typed questions, with the list drawn. *ten times* has each note
ten times, for the growth: its index is made in slices, and a letter is still to be followed.
Milliseconds are of this machine; the ones that a budget names are to be read with the slowing on.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAGES = (
    "en/index.html",
    "zh/index.html",
    "en/torch-transformer/2.13.0/torch.nn.modules.transformer.Transformer.forward.html",
)
QUESTIONS = (
    "why are padded rows zero in eval mode",
    "does the decoder have a fast path",
    "KV cache memory",
    "scaled_dot_product_attention",
    "RuntimeError: the batch number of src and tgt must be equal",
    "为什么填充位置的输出全是零",
    "how do I bake bread",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each page and size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("site", type=Path)
    parser.add_argument("--slowed", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for times in (1, 10):
            for address in PAGES:
                page = f"{given.site.resolve().as_uri()}/{address}"
                rounds = [measure(browser, page, given.slowed, times) for _ in range(given.rounds)]
                print(_line(address, times, rounds))
        browser.close()


def measure(browser: Any, address: str, slowed: float, times: int) -> dict[str, list[float]]:
    """Return the milliseconds of one visit; `times` is how often each note is there."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(f"window.times = {times};" + _REPEAT)
    page.goto(address)
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    found: dict[str, list[float]] = page.evaluate(_MEASURE, list(QUESTIONS))
    context.close()
    return found


def _line(address: str, times: int, rounds: Sequence[dict[str, list[float]]]) -> str:
    letters = sorted(value for one in rounds for value in one["letters"])
    names = statistics.median(one["names"][0] for one in rounds)
    ready = statistics.median(one["ready"][0] for one in rounds)
    at = letters[len(letters) * 95 // 100]
    return (
        f"{address.split('/')[0]} {'tour ' if address.count('/') > 1 else 'front'} x{times:<2} "
        f"names {names:6.1f}  ready {ready:7.1f}  "
        f"letter median {statistics.median(letters):5.1f}  p95 {at:6.1f}  max {letters[-1]:6.1f}"
    )


_REPEAT = """
window.srcreadWords = [];
window.srcreadWords.push = function (pair) {
  pair[1].notes = Array.from({ length: window.times }, () => pair[1].notes).flat();
  return Array.prototype.push.call(this, pair);
};
"""

_MEASURE = """async (questions) => {
  const [box, list] = ["search", "found"].map((id) => document.getElementById(id));
  const type = (text) => {
    const start = performance.now();
    box.value = text;
    box.dispatchEvent(new Event("input"));
    list.getBoundingClientRect();
    return performance.now() - start;
  };
  const names = type("forward");
  const start = performance.now();
  type("why are padded rows zero");
  while (!list.querySelector("a[href*='#n-']")) await new Promise((done) => setTimeout(done, 1));
  const ready = performance.now() - start;
  const letters = [];
  for (const text of questions) {
    for (let end = 1; end <= text.length; end += 1) {
      letters.push(type(text.slice(0, end)));
      await new Promise((done) => setTimeout(done));
    }
  }
  return { names: [names], ready: [ready], letters };
}"""


if __name__ == "__main__":
    main()
