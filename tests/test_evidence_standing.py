"""What recorded runs say about a note as it is now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.reasons import LIMITS, in_words

from srcread.evidence import standing
from srcread.evidence.sentences import say
from srcread.model import (
    ClaimResult,
    Depends,
    Device,
    Environment,
    Evidence,
    EvidenceStatus,
    Reason,
    ReasonCode,
    Run,
)

CPU = Device("cpu", "cpu")
GPU = Device("cuda", "NVIDIA H100", "9.0")
DEPENDS = Depends("ab", {"torch.nn.Linear": "d1:cd"})
REWRITTEN = replace(DEPENDS, script="xx")
VERSIONS = {"torch": "2.13.0"}
RUN = Run(
    environment=Environment("3.11.7", "Linux", {"torch": "2.13.0+cpu"}, CPU, LIMITS),
    date="2026-01-02",
    depends=DEPENDS,
    confirmed=True,
    reasons=(),
    claims=(ClaimResult("It holds.", 1, True),),
    output="",
)


def on(run: Run, device: Device = CPU, torch: str | None = "2.13.0+cpu") -> Run:
    versions = {"torch": torch} if torch is not None else {}
    environment = replace(run.environment, device=device, distributions=versions)
    return replace(run, environment=environment)


def failed(*reasons: str) -> Run:
    return replace(RUN, confirmed=False, reasons=tuple(map(in_words, reasons)))


def unable(name: str) -> Run:
    needs = Reason(ReasonCode.NEEDS, {"name": name})
    return replace(RUN, confirmed=False, reasons=(Reason(ReasonCode.CANNOT_RUN, {"why": needs}),))


CONFIRMED, STALE = EvidenceStatus.CONFIRMED, EvidenceStatus.STALE
FAILED, ABSENT = EvidenceStatus.FAILED, EvidenceStatus.ABSENT
CASES: dict[str, tuple[list[Run], EvidenceStatus, str]] = {
    "no run": ([], ABSENT, "not confirmed: never run"),
    "a CPU": ([RUN], CONFIRMED, "confirmed on CPU only"),
    "a GPU": ([on(RUN, GPU, "2.13.0+cu128")], CONFIRMED, "confirmed"),
    "both": ([RUN, on(RUN, GPU)], CONFIRMED, "confirmed"),
    "a version without local part": ([on(RUN, torch="2.13.0")], CONFIRMED, "confirmed on CPU only"),
    "the snippet changed": (
        [replace(RUN, depends=REWRITTEN)],
        STALE,
        "stale: the snippet has changed since the run",
    ),
    "the symbol changed": (
        [replace(RUN, depends=Depends("ab", {"torch.nn.Linear": "d1:xx"}))],
        STALE,
        "stale: torch.nn.Linear has changed",
    ),
    "both changed": (
        [replace(RUN, depends=Depends("xx", {"torch.nn.Linear": "d1:xx"}))],
        STALE,
        "stale: the snippet has changed since the run; torch.nn.Linear has changed",
    ),
    "another rule of digests": (
        [replace(RUN, depends=Depends("ab", {"torch.nn.Linear": "d0:cd"}))],
        STALE,
        "stale: whether torch.nn.Linear has changed is unknown, its digest follows another rule",
    ),
    "a symbol that was not there": (
        [replace(RUN, depends=Depends("ab"))],
        STALE,
        "stale: the run did not look at torch.nn.Linear",
    ),
    "stale on a GPU, fresh on a CPU": (
        [on(replace(RUN, depends=Depends("xx")), GPU), RUN],
        CONFIRMED,
        "confirmed on CPU only",
    ),
    "a failure": (
        [failed("claim 1 is false: 'It holds.'", "more")],
        FAILED,
        "failed: claim 1 is false: 'It holds.'",
    ),
    "a failure beside a confirmation": (
        [RUN, on(failed("took longer than 60 s"), GPU)],
        FAILED,
        "failed: took longer than 60 s",
    ),
    "a stale failure": (
        [replace(failed("no"), depends=REWRITTEN)],
        ABSENT,
        "not confirmed: the snippet has changed since the run, and that run failed",
    ),
    "needs a GPU": (
        [unable("a GPU")],
        ABSENT,
        "not confirmed: needs a GPU",
    ),
    "needs a GPU, and had one elsewhere": (
        [unable("a GPU"), on(RUN, GPU)],
        CONFIRMED,
        "confirmed",
    ),
    "another version": (
        [on(RUN, torch="2.11.0"), on(RUN, GPU, "2.11.0")],
        ABSENT,
        "not confirmed: only run on torch 2.11.0",
    ),
    "no torch at all": (
        [on(unable("torch"), torch=None)],
        ABSENT,
        "not confirmed: only run on a machine without torch",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_note_stands_as_its_runs_say(case: str) -> None:
    runs, status, words = CASES[case]
    found = standing(Evidence("note", tuple(runs)), DEPENDS, VERSIONS)
    assert (found.status, say(found.reason)) == (status, words)
    assert found.run is None or found.run in runs


FORWARD, INIT = "torch.nn.Linear.forward", "torch.nn.Linear.__init__"
ON_OLDER = "torch 2.13.0's Python on torch 2.11.0"
NOW = {FORWARD: "d1:01", INIT: "d1:02"}
OLDER = replace(on(RUN, torch="2.11.0"), executed=NOW)
OTHER = replace(OLDER, executed={**NOW, FORWARD: "d1:99"})
SAME_SOURCE: dict[str, tuple[list[Run], EvidenceStatus, str]] = {
    "the same": ([OLDER], CONFIRMED, "confirmed on CPU only (the same source, torch 2.11.0)"),
    "on a GPU": (
        [replace(on(OLDER, GPU, "2.11.0"))],
        CONFIRMED,
        "confirmed (the same source, torch 2.11",
    ),
    "another function": (
        [OTHER],
        ABSENT,
        f"not confirmed: only run on torch 2.11.0, with other code in {FORWARD}",
    ),
    "a function that is gone": (
        [replace(OLDER, executed={**NOW, "torch.nn.gone": "d1:01"})],
        ABSENT,
        "not confirmed: only run on torch 2.11.0, with other code in torch.nn.gone",
    ),
    "with functions replaced": (
        [replace(OLDER, replaced=(FORWARD,))],
        CONFIRMED,
        f"confirmed on CPU only ({ON_OLDER}, functions replaced: {FORWARD})",
    ),
    "with functions replaced on a GPU beside the tour's own CPU": (
        [RUN, on(replace(OLDER, replaced=(FORWARD,)), GPU, "2.11.0")],
        CONFIRMED,
        f"confirmed on CPU, on a GPU with {ON_OLDER}, functions replaced: {FORWARD}",
    ),
    "with functions replaced and another that was not": (
        [replace(OTHER, replaced=(INIT,))],
        ABSENT,
        f"not confirmed: only run on torch 2.11.0, with other code in {FORWARD}",
    ),
    "with functions replaced on the tour's own version, which no run can have done": (
        [replace(RUN, executed=NOW, replaced=(FORWARD,))],
        ABSENT,
        "not confirmed: never run",
    ),
    "five of them": (
        [replace(OLDER, executed={f"torch.f{n}": "d1:01" for n in range(5)})],
        ABSENT,
        "not confirmed: only run on torch 2.11.0, with other code in torch.f0, torch.f1, torch.f2, "
        "2 more",
    ),
    "another rule of digests": (
        [replace(OLDER, executed={FORWARD: "d0:01"})],
        ABSENT,
        f"not confirmed: only run on torch 2.11.0, with other code in {FORWARD}",
    ),
    "what it executed is unknown": (
        [replace(OLDER, executed=None)],
        ABSENT,
        "not confirmed: only run on torch 2.11.0",
    ),
    "another snippet": (
        [replace(OLDER, depends=REWRITTEN)],
        ABSENT,
        "not confirmed: only run on torch 2.11.0",
    ),
    "beside the tour's own": ([OLDER, RUN], CONFIRMED, "confirmed on CPU only"),
    "beside a failure of the tour's own": ([OLDER, failed("no")], FAILED, "failed: no"),
    "beside one that cannot run": (
        [OLDER, unable("a GPU")],
        CONFIRMED,
        "confirmed on CPU only (the same source, torch 2.11.0)",
    ),
    "beside a stale one": (
        [OLDER, replace(RUN, depends=REWRITTEN)],
        CONFIRMED,
        "confirmed on CPU only (the same source, torch 2.11.0)",
    ),
    "a GPU beside the tour's own CPU": (
        [RUN, on(OLDER, GPU, "2.11.0")],
        CONFIRMED,
        "confirmed on CPU, on a GPU with the same source, torch 2.11.0",
    ),
    "another source on a GPU beside the tour's own CPU": (
        [RUN, on(OTHER, GPU, "2.11.0")],
        CONFIRMED,
        "confirmed on CPU only",
    ),
}


@pytest.mark.parametrize("case", SAME_SOURCE)
def test_a_run_on_another_version_counts_by_what_it_executed(case: str) -> None:
    runs, status, words = SAME_SOURCE[case]
    for order in (runs, runs[::-1]):
        found = standing(Evidence("note", tuple(order)), DEPENDS, VERSIONS, current=NOW.get)
        assert found.status is status
        assert say(found.reason).startswith(words)
        assert ("the same source" in say(found.reason)) == ("the same source" in words)


def test_a_note_without_a_file_was_never_run() -> None:
    assert standing(None, DEPENDS, VERSIONS).reason == Reason(ReasonCode.NEVER_RUN)


def test_the_run_shown_is_the_latest_of_the_strongest_device_whatever_the_order() -> None:
    older, newer = on(RUN, GPU), on(replace(RUN, date="2026-03-04"), GPU, "2.13.0+cu130")
    cpu = replace(RUN, date="2026-09-09")
    for runs in ((older, newer, cpu), (cpu, newer, older)):
        assert standing(Evidence("note", runs), DEPENDS, VERSIONS).run == newer


def test_every_version_of_a_tour_counts() -> None:
    versions = {"torch": "2.13.0", "transformers": "5.0"}
    found = standing(Evidence("note", (RUN,)), DEPENDS, versions)
    assert say(found.reason) == "not confirmed: only run on a machine without transformers"


def test_a_record_of_this_snippet_with_claims_that_are_not_in_it_confirms_nothing() -> None:
    forged = Evidence("note", (RUN,))
    assert standing(forged, DEPENDS, VERSIONS, claims=["It holds."]).status is CONFIRMED
    for claims in (["It holds for all shapes."], ["It holds.", "And more."], []):
        found = standing(forged, DEPENDS, VERSIONS, claims=claims)
        assert (found.status, found.grade) == (ABSENT, None)
        assert say(found.reason) == "not confirmed: its record is not of this snippet's claims"
