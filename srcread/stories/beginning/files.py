"""The files that `begin` writes beside a tour: for contributors, for GitHub, for commits."""

from __future__ import annotations

from collections.abc import Mapping

_README = """\
# Notes on this code

`TOUR/` is a tour: notes that stand at places of the code, each with a snippet that checks what it
says. [srcread](SRCREAD) makes a site of them.

    srcread at PATH:LINE            # which symbol, and how to name this place
    srcread new SYMBOL 'SELECTOR'   # a note and a snippet to fill in
    srcread check TOUR              # every rule, all findings at once
    srcread confirm STEM            # run the snippet, and record the evidence
    srcread serve TOUR --open       # the site as you write

Send a note with its snippet, its translation if it has one, and its lock as a pull request. Leave
`evidence/` and `traces/` out of it: they are recorded by a run on the main branch, which nobody's
pull request can reach. Where the code under a note has changed, `srcread check` says so: read the
note against it, and run `srcread accept STEM` if it still holds.
"""

_CHECK = """\
# Checks the notes of a pull request. It may read this repository and no more, and has no secrets:
# whoever sends a pull request writes what runs here.
name: annotations

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - run: python -m pip install -q INSTALL
      - name: Evidence comes from runs of the main branch only
        if: github.event_name == 'pull_request'
        env:
          BASE: ${{ github.event.pull_request.base.sha }}
        run: |
          git diff --exit-code --stat "$BASE...HEAD" -- \\
            'annotations/*/evidence' 'annotations/*/traces'
      - run: srcread check TOUR --format github
"""

_PAGES = """\
# Runs the snippets of what was merged, builds the site with that evidence, and publishes it. In the
# repository's settings, choose GitHub Actions as the source of Pages.
name: annotations, published

on:
  push:
    branches: [main]
  workflow_dispatch:

permissions:
  contents: read

concurrency:
  group: pages
  cancel-in-progress: false

jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - name: A sandbox for the snippets
        run: sudo apt-get update -qq && sudo apt-get install -y -qq bubblewrap
      - run: python -m pip install -q INSTALL RUNS
      - name: Evidence, of this commit
        run: |
          srcread confirm TOUR || test $? -eq 77
TRACE      - run: srcread build TOUR --out site
      - uses: actions/upload-pages-artifact@v3
        with:
          path: site

  publish:
    needs: build
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      pages: write
      id-token: write
    environment:
      name: github-pages
      url: ${{ steps.deployment.outputs.page_url }}
    steps:
      - id: deployment
        uses: actions/deploy-pages@v4
"""

_TRACE = "          srcread trace TOUR\n"

_COMMITS = """\
repos:
  - repo: local
    hooks:
      - id: srcread-check
        name: notes stand where they say
        entry: srcread check TOUR
        language: system
        pass_filenames: false
"""

_IGNORED = "/site/\n/site-read/\n"

SRCREAD = "https://pypi.org/project/srcread/"


def files_of(tour: str, runs: str, traced: bool) -> Mapping[str, str]:
    """Return the files beside a tour by their paths in the repository.

    `runs` is what a run needs to have installed, as pip takes it.
    """
    words = {"TOUR": tour, "INSTALL": "srcread", "RUNS": runs, "SRCREAD": SRCREAD}
    trace = _TRACE if traced else ""
    texts = {
        "annotations/README.md": _README,
        ".github/workflows/annotations.yml": _CHECK,
        ".github/workflows/annotations-pages.yml": _PAGES.replace("TRACE", trace),
        ".pre-commit-config.yaml": _COMMITS,
        ".gitignore": _IGNORED,
    }
    return {path: _filled(text, words) for path, text in texts.items()}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
