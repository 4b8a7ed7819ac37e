"""The example's evidence, as `confirm` would write it, without the minutes that runs take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from srcread.api import open_tour
from srcread.evidence import evidence_path, record_run
from srcread.model import ClaimResult
from support.runs import RUN
from support.story_example import srcread


def lock_and_confirm(annotations: Path, site: Path) -> None:
    """Lock the notes of the tour `tiny-model`, and record of each a run that confirms it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.chdir(annotations.parent)
        assert srcread("check", "tiny-model", "--fix").exit_code == 0
        opened = open_tour("tiny-model")
        for step in opened.tour.steps:
            assert step.snippet is not None
            claims = [ClaimResult(claim.sentence, 1, True) for claim in step.snippet.claims]
            environment = replace(RUN.environment, distributions={"tiny": "1.0"})
            depends = opened._opened.depends(step)
            run = replace(RUN, environment=environment, depends=depends, claims=tuple(claims))
            record_run(evidence_path(opened.tour.folder, step.note.stem), run)
