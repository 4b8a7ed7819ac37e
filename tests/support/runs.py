"""Recorded runs of one note, plain and with controls."""

from __future__ import annotations

from dataclasses import replace

from srcread.evidence.grading import OPERATORS_VERSION
from srcread.model import (
    ClaimResult,
    Control,
    Controls,
    Depends,
    Device,
    Environment,
    Outcome,
    Reach,
    Reason,
    ReasonCode,
    Run,
)
from support.reasons import LIMITS

CPU = Device("cpu", "cpu AVX2")
GPU = Device("cuda", "NVIDIA H100", "9.0", "12.8", "570.1")
ENVIRONMENT = Environment("3.11.7", "Linux x86_64", {"torch": "2.13.0+cpu"}, CPU, LIMITS)
SLOW = Reason(ReasonCode.TIME_LIMIT, {"seconds": 60})
RUN = Run(
    environment=ENVIRONMENT,
    date="2026-01-02",
    depends=Depends("ab", {"torch.nn.Linear": "d1:cd"}),
    confirmed=True,
    reasons=(),
    claims=(ClaimResult("It holds: 成立。", 2, True, "0.3333", "< 1"),),
    output="done\n",
)
CONTROLLED = replace(
    RUN,
    reach=(Reach("torch.nn.Linear", True, (1, 2), (4,)),),
    executed={"torch.nn.Linear.forward": "d1:ef"},
    controls=Controls(
        version=OPERATORS_VERSION,
        mutants=(
            Control("constant@0+1:2-1:3", Outcome.SILENT),
            Control("drop-if@0+0:3-0:9", Outcome.UNSEEN),
            Control("negate@0+0:3-0:9", Outcome.CLAIM, (0,)),
            Control("negate@0+2:3-2:9", Outcome.CRASH),
        ),
        declared=(Control("declared@0#1", Outcome.CLAIM, (0,)),),
        refused={"torch.nn.Linear": Reason(ReasonCode.NO_FUNCTION, {"name": "torch.nn.Linear"})},
    ),
)
