"""The vocabulary: what the rooms hand to each other. Frozen data, no behaviour, standard library.

Conventions held everywhere: a `name` is dotted (`torch.nn.Transformer.forward`); a `path` of a
source file is relative to its distribution's root and has forward slashes; lines are 1-based and
columns 0-based, counted in characters; a range ends behind its last character.
"""

from srcread.model.annotations import (
    Anchor,
    AnchorStatus,
    Chapter,
    Claim,
    Location,
    Note,
    Selector,
    SelectorStep,
    Snippet,
    Step,
    Tour,
    Translation,
)
from srcread.model.code import (
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
    Symbol,
    SymbolKind,
)
from srcread.model.evidence import (
    ClaimResult,
    Device,
    Environment,
    Evidence,
    EvidenceStatus,
    Run,
    Standing,
)
from srcread.model.places import (
    Diagnostic,
    Position,
    Range,
    Severity,
)

__all__ = [
    "Anchor",
    "AnchorStatus",
    "CallGraph",
    "CallSite",
    "Certainty",
    "Chapter",
    "Claim",
    "ClaimResult",
    "Derivative",
    "Device",
    "Diagnostic",
    "Distribution",
    "Edge",
    "EdgeKind",
    "Environment",
    "Evidence",
    "EvidenceStatus",
    "Licence",
    "Location",
    "Note",
    "Operator",
    "Origin",
    "Plugin",
    "Position",
    "Range",
    "Run",
    "Selector",
    "SelectorStep",
    "Severity",
    "Snippet",
    "SourceFile",
    "Standing",
    "Step",
    "Symbol",
    "SymbolKind",
    "Tour",
    "Translation",
]
