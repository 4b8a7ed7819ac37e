"""What runs on other versions than the tour's add to a standing, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.reasons import LIMITS

from srcread.evidence import standing
from srcread.evidence.elsewhere import tells_of_version
from srcread.evidence.sentences import say
from srcread.evidence.standing import told
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
NOTED, OTHER = "torch.nn.Linear.forward", "torch.nn.Linear.__init__"
HERE = {NOTED: "d1:cd", OTHER: "d1:ef"}
OWN = Run(
    environment=Environment("3.11.7", "Linux", {"torch": "2.13.0+cpu"}, CPU, LIMITS),
    date="2026-01-02",
    depends=Depends("ab", {NOTED: "d1:cd"}),
    confirmed=True,
    reasons=(),
    claims=(ClaimResult("It holds.", 1, True), ClaimResult("It is so.", 1, True)),
    output="",
    executed=HERE,
)
FALSE = Reason(ReasonCode.CLAIM_FALSE, {"claim": 2, "sentence": "It is so."})
RAISED = Reason(ReasonCode.RAISED_AT, {"error": "KeyError", "line": 3})


def on(torch: str, device: Device = CPU, **differing: str) -> Run:
    """Return a run on another version, where functions have other digests than here."""
    environment = replace(OWN.environment, device=device, distributions={"torch": torch})
    executed = HERE | {{"noted": NOTED, "other": OTHER}[name]: v for name, v in differing.items()}
    return replace(OWN, environment=environment, executed=executed)


def failed(run: Run, *reasons: Reason) -> Run:
    """Return a run whose second claim is false, or was not reached."""
    second = ClaimResult("It is so.", int(FALSE in reasons), False)
    return replace(run, confirmed=False, reasons=reasons, claims=(OWN.claims[0], second))


CASES: dict[str, tuple[list[Run], list[str]]] = {
    "nowhere else": ([], []),
    "the same source": ([on("2.15.0")], ["also held on torch 2.15.0 (the same source)"]),
    "another function around": (
        [on("2.15.0", other="d1:xx")],
        ["also held on torch 2.15.0 (these functions unchanged)"],
    ),
    "another function of the note": (
        [on("2.15.0", noted="d1:xx", other="d1:xx")],
        ["also held on torch 2.15.0 (other source)"],
    ),
    "what it executed is not known": (
        [replace(on("2.15.0"), executed=None)],
        ["also held on torch 2.15.0"],
    ),
    "several versions": (
        [on("2.15.0"), on("2.9.1", noted="d1:xx")],
        ["also held on torch 2.9.1 (other source), torch 2.15.0 (the same source)"],
    ),
    "a GPU with another source": (
        [on("2.15.0", GPU, noted="d1:xx")],
        ["also held on torch 2.15.0, cuda (other source)"],
    ),
    "a false claim": ([failed(on("2.15.0"), FALSE)], ["otherwise on torch 2.15.0"]),
    "held on one and false on another": (
        [on("2.14.0"), failed(on("2.15.0"), FALSE)],
        ["also held on torch 2.14.0 (the same source)", "otherwise on torch 2.15.0"],
    ),
    "an error": (
        [failed(on("2.0.1"), RAISED)],
        ["its script ends with an error on torch 2.0.1"],
    ),
    "an earlier snippet": ([replace(on("2.15.0"), depends=Depends("xx", OWN.depends.symbols))], []),
    "an earlier equation": (
        [replace(on("2.15.0"), depends=replace(OWN.depends, equations={"y": "q1:xx"}))],
        [],
    ),
    "functions replaced": ([replace(on("2.15.0", other="d1:xx"), replaced=(OTHER,))], []),
    "a limit": ([failed(on("2.15.0"), Reason(ReasonCode.TIME_LIMIT, {"seconds": 60}))], []),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_so_elsewhere_is_said_beside_the_standing(case: str) -> None:
    runs, words = CASES[case]
    found = standing(Evidence("note", (*runs, OWN)), OWN.depends, {"torch": "2.13.0"}, (), HERE.get)
    alone = standing(Evidence("note", (OWN,)), OWN.depends, {"torch": "2.13.0"}, (), HERE.get)
    assert replace(found, elsewhere=()) == alone
    assert [say(one) for one in told(found)] == ["confirmed on CPU only", *words]


def test_of_what_does_not_hold_here_nothing_is_said_of_elsewhere() -> None:
    runs = (failed(OWN, FALSE), on("2.15.0"))
    found = standing(Evidence("note", runs), OWN.depends, {"torch": "2.13.0"}, (), HERE.get)
    assert found.status is EvidenceStatus.FAILED
    assert len(told(found)) == 1 and len(found.elsewhere) == 1


@pytest.mark.parametrize(
    ("reasons", "tells"),
    [
        ((FALSE,), True),
        ((RAISED,), True),
        ((FALSE, RAISED), True),
        ((Reason(ReasonCode.MEDDLED, {"name": "sys.settrace"}),), False),
        ((FALSE, Reason(ReasonCode.FORGED_END)), False),
        ((RAISED, RAISED), False),
        ((), False),
    ],
)
def test_only_a_false_claim_or_an_error_tells_of_a_version(
    reasons: tuple[Reason, ...], tells: bool
) -> None:
    assert tells_of_version(failed(on("2.15.0"), *reasons)) is tells
