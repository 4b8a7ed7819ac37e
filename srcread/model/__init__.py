"""The vocabulary: what the rooms hand to each other. Frozen data, no behaviour, standard library.

Conventions held everywhere: a `name` is dotted (`torch.nn.Transformer.forward`); a `path` of a
source file is relative to its distribution's root and has forward slashes; lines are 1-based and
columns 0-based, counted in characters; a range ends behind its last character.

Making 25 dataclasses takes 15 ms: those of annotations, evidence and traces are made when one of
them is first asked for, and a call graph needs none.
"""

from typing import TYPE_CHECKING

from srcread.model.code import (
    OWN_ORIGINS,
    CallGraph,
    CallSite,
    Certainty,
    Derivative,
    Distribution,
    Edge,
    EdgeKind,
    Licence,
    Operator,
    Origin,
    Plugin,
    SourceFile,
    Stop,
    StopWhy,
    Symbol,
    SymbolKind,
)
from srcread.model.positions import (
    Diagnostic,
    Position,
    Range,
    Severity,
)

if TYPE_CHECKING:
    from srcread.model.annotations import (
        Anchor,
        AnchorStatus,
        Basis,
        BasisKind,
        Chapter,
        Claim,
        EarlierPage,
        EarlierVersion,
        Exercise,
        KeyLines,
        KeyPath,
        Location,
        Meaning,
        Note,
        Prose,
        Selector,
        SelectorStep,
        Snippet,
        Step,
        Stretch,
        Term,
        Tour,
        Translation,
    )
    from srcread.model.evidence import (
        ClaimResult,
        Control,
        Controls,
        Device,
        Elsewhere,
        Environment,
        Evidence,
        EvidenceStatus,
        Grade,
        Lab,
        NetworkLine,
        Outcome,
        Proof,
        Reach,
        RecordedNetwork,
        Run,
        Standing,
    )
    from srcread.model.grid import Band, Grid, GridCell
    from srcread.model.reasons import Confinement, Depends, Detail, Reason, ReasonCode
    from srcread.model.trace import (
        Case,
        Decision,
        Operation,
        Scenario,
        ScenarioGroup,
        Span,
        Trace,
        Value,
    )

__all__ = [
    "OWN_ORIGINS",
    "Anchor",
    "AnchorStatus",
    "Band",
    "Basis",
    "BasisKind",
    "CallGraph",
    "CallSite",
    "Case",
    "Certainty",
    "Chapter",
    "Claim",
    "ClaimResult",
    "Confinement",
    "Control",
    "Controls",
    "Decision",
    "Depends",
    "Derivative",
    "Detail",
    "Device",
    "Diagnostic",
    "Distribution",
    "EarlierPage",
    "EarlierVersion",
    "Edge",
    "EdgeKind",
    "Elsewhere",
    "Environment",
    "Evidence",
    "EvidenceStatus",
    "Exercise",
    "Grade",
    "Grid",
    "GridCell",
    "KeyLines",
    "KeyPath",
    "Lab",
    "Licence",
    "Location",
    "Meaning",
    "NetworkLine",
    "Note",
    "Operation",
    "Operator",
    "Origin",
    "Outcome",
    "Plugin",
    "Position",
    "Proof",
    "Prose",
    "Range",
    "Reach",
    "Reason",
    "ReasonCode",
    "RecordedNetwork",
    "Run",
    "Scenario",
    "ScenarioGroup",
    "Selector",
    "SelectorStep",
    "Severity",
    "Snippet",
    "SourceFile",
    "Span",
    "Standing",
    "Step",
    "Stop",
    "StopWhy",
    "Stretch",
    "Symbol",
    "SymbolKind",
    "Term",
    "Tour",
    "Trace",
    "Translation",
    "Value",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in __all__:
        for part in ("annotations", "evidence", "grid", "reasons", "trace"):
            module = import_module(f"srcread.model.{part}")
            globals().update({key: value for key, value in vars(module).items() if key in __all__})
            if name in globals():
                return globals()[name]
    raise AttributeError(f"module 'srcread.model' has no attribute {name!r}")
