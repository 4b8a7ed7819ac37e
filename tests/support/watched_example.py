"""A module of a few lines, a snippet about it, and an interpreter that can import the module."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

from srcread.index import Index
from srcread.model import Anchor, Depends, Location, Run
from srcread.notes.anchors.locate import locate
from srcread.notes.snippet import read_snippet
from srcread.running.batch import BatchSettings, record_jobs
from srcread.running.plan import DEFAULT_LIMITS, Job, RunLimits
from srcread.running.targets.targets import targets_of
from srcread.sources import Sources, open_path

ROOT = Path(__file__).parents[2]
_NUMBERS = itertools.count()


class Bench:
    """A folder of modules, and an environment that finds them, and srcread beside them."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site"
        self.site.mkdir()
        venv = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
        packages = next(venv.glob("lib*/**/site-packages"))
        torch = find_spec("torch")  # looked for and not imported
        beside = Path(torch.origin).parent.parent if torch and torch.origin else ""
        (packages / "site.pth").write_text(f"{self.site}\n{ROOT}\n{beside}\n")
        self.python = venv / "bin" / "python"

    def job(self, module: str, snippet: str, *anchors: tuple[str, str | None]) -> Job:
        """Make a job of a module, called `m` in snippet and anchors; a name of its own each time.

        Of two files of one name, Python would take the compiled first one for the second.
        """
        name = f"m{next(_NUMBERS)}"
        (self.site / f"{name}.py").write_text(dedent(module))
        text = f"import {name} as m\n" + dedent(snippet)
        path = self.site / f"snippet_{name}.txt"
        path.write_text(text)
        found, _ = read_snippet(path)
        assert found is not None
        index = Index(Sources([open_path(self.site)]))
        locations = []
        for symbol, at in anchors:
            place = locate(Anchor(symbol.replace("m.", f"{name}.", 1), at), index)
            assert isinstance(place, Location), place
            locations.append(place)
        return Job("snippet", text, found.claims, Depends(text), targets_of(index, locations))

    def record(
        self,
        jobs: Sequence[Job],
        *,
        controls: bool = False,
        known: Sequence[Sequence[Run]] = (),
        limits: RunLimits = DEFAULT_LIMITS,
    ) -> tuple[Run, ...]:
        settings = BatchSettings(True, self.python, limits=limits, distributions=())
        runs = record_jobs(jobs, settings, date="2026-01-02", controls=controls, known=known)
        return tuple(runs)

    def run(self, module: str, snippet: str, *anchors: tuple[str, str | None]) -> Run:
        """Run one snippet, watched, without controls."""
        return self.record([self.job(module, snippet, *anchors)])[0]

    def control(self, module: str, snippet: str, *anchors: tuple[str, str | None]) -> Run:
        """Run one snippet with its controls."""
        return self.record([self.job(module, snippet, *anchors)], controls=True)[0]
