"""A small tour over a small package, written out as values: what the tests of the site show.

`SOURCE` is the package's only file. Symbols and calls are found in it by their text, so that a
test can change the source without counting lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from srcread.model import (
    Anchor,
    CallGraph,
    CallSite,
    Certainty,
    Chapter,
    Claim,
    ClaimResult,
    Depends,
    Derivative,
    Device,
    Distribution,
    Edge,
    EdgeKind,
    Environment,
    EvidenceStatus,
    Licence,
    Location,
    Note,
    Operator,
    Origin,
    Position,
    Range,
    Reason,
    ReasonCode,
    Run,
    Snippet,
    SourceFile,
    Standing,
    Step,
    Symbol,
    SymbolKind,
    Tour,
    Translation,
)
from srcread.site import PagePlan, SiteAddress, Theme, TourView, plan_site
from srcread.support.resources import resources
from support.reasons import LIMITS

SOURCE = '''\
class Model(Module):
    def __init__(self, width):
        super().__init__()
        self.layer = Layer(width)

    def forward(self, x, mask=None):
        """Run the model.

        Args:
            x: the input,
                of any shape.

        """
        hidden = self.layer(x)  # the only layer
        if mask is not None:
            hidden = self.pick(hidden)(mask)
        return scale(hidden.relu(), 2.0)


class Layer(Module):
    def forward(self, x):
        return native.linear(x, len(x))


def scale(x, factor):
    return scale(x, factor) if factor else x
'''

METHODS = {
    "pkg.model.Model.__init__": ("    def __init__", "Layer(width)"),
    "pkg.model.Model.forward": ("    def forward(self, x, mask", "2.0)"),
    "pkg.model.Layer.forward": ("    def forward(self, x):", "len(x))"),
    "pkg.model.scale": ("def scale", "else x"),
}

BODY = """The layer is *called*, not its `forward`: see [the docs](https://example.org/docs).

| case | result |
|------|--------|
| none | `x`    |
"""

SNIPPET = 'import pkg\n\nassert pkg.Model(2).forward(1) == 2, "The result is doubled."\n'


def view(**changes: object) -> TourView:
    """Return the example; `changes` replace fields of its tour."""
    tour = Tour(
        name="example",
        folder=Path("example"),
        title="How a model runs",
        distributions={"pkg": "1.5"},
        entries=("pkg.model.Model",),
        languages=("en", "zh"),
        chapters=(Chapter("Building", "build"), Chapter("Running", "run")),
        steps=(step_on_class(), step_on_call(), step_on_scale()),
    )
    return TourView(
        tour=replace(tour, **changes),  # type: ignore[arg-type] # any field
        graph=graph(),
        standings={
            "run": Standing(EvidenceStatus.CONFIRMED, Reason(ReasonCode.CONFIRMED_ON_CPU), run())
        },
        distributions=(distribution(),),
        read=lambda *_: source_file(),
    )


def plans(
    *views: TourView,
    source: str | None = None,
    folders: tuple[Path, ...] = (),
    place: SiteAddress | None = None,
) -> tuple[PagePlan, ...]:
    """Plan the example's site, or that of other views; `source` stands in for theirs."""
    shown = views or (view(),)
    if source is not None:
        file = source_file(source)
        shown = tuple(replace(one, read=lambda *_: file) for one in shown)
    return plan_site(shown, Theme((*folders, resources("templates"))), place)


def page(pages: tuple[PagePlan, ...], address: str) -> str:
    """Render the page at an address."""
    return next(plan for plan in pages if plan.address == address).render().decode()


def source_file(text: str = SOURCE) -> SourceFile:
    data = text.encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(data).hexdigest()
    return SourceFile("pkg", "pkg/model.py", "pkg.model", data, text, digest)


def distribution() -> Distribution:
    return Distribution(
        name="pkg",
        version="1.5",
        root=Path("/nowhere"),
        origin=Origin.FOLDER,
        packages=("pkg",),
        licences=(Licence("LICENSE", "Free <for> all.\n" + "=" * 200),),
        licence_expression="MIT",
        repository="https://github.com/example/pkg",
        commit="abc123",
    )


def graph() -> CallGraph:
    """Return the call graph of SOURCE: one call of every kind that a page shows apart."""
    init, forward, layer, scale = METHODS
    edges = (
        edge(init, "super().__init__()", "pkg.base.Module.__init__", EdgeKind.EXTERNAL),
        edge(init, "Layer(width)", "pkg.model.Layer", EdgeKind.CONSTRUCTOR),
        edge(forward, "self.layer(x)", layer, EdgeKind.FORWARD),
        edge(forward, "self.pick(hidden)", layer, EdgeKind.METHOD, Certainty.POSSIBLE),
        edge(forward, "self.pick(hidden)", scale, EdgeKind.METHOD, Certainty.POSSIBLE),
        edge(forward, "self.pick(hidden)(mask)", None, EdgeKind.UNRESOLVED, reason="a value"),
        edge(forward, "scale(hidden.relu(), 2.0)", scale, EdgeKind.DIRECT),
        edge(layer, "native.linear(x, len(x))", "pkg._C.linear", EdgeKind.NATIVE),
        edge(layer, "len(x)", "builtins.len", EdgeKind.EXTERNAL),
        edge(scale, "scale(x, factor)", scale, EdgeKind.DIRECT, after="return "),
    )
    symbols = {name: symbol(name) for name in METHODS}
    native = symbol(layer, name="pkg._C.linear", kind=SymbolKind.NATIVE)
    owner = symbol(layer, name="pkg.model.Layer", kind=SymbolKind.CLASS)
    operator = Operator(
        name="linear",
        schema="linear(Tensor x) -> Tensor",
        dispatch={
            "CPU": "linear_cpu",
            "CUDA": "linear_cuda",
            "MPS": "linear_cpu",
            "SparseCPU": "linear_sparse",
        },
        line=7,
        distribution="pkg",
        overloads=2,
        derivative=Derivative.FORMULA,
        backward=("linear_backward", "reduce_to", "transpose"),
        files={
            "linear_cpu": "native/linear.cpp",
            "linear_cuda": "native/loops/linear.h",
            "linear_backward": "autograd/formulas.cpp",
            "reduce_to": "autograd/formulas.cpp",
        },
        generated=("linear_cuda",),
    )
    return CallGraph(
        entries=("pkg.model.Model",),
        order=(init, forward, layer, scale),
        symbols=symbols | {native.name: native, owner.name: owner},
        edges=edges,
        operators={native.name: operator},
        files={},
    )


def symbol(place: str, name: str = "", kind: SymbolKind = SymbolKind.METHOD) -> Symbol:
    where = between(*METHODS[place])
    signature = "(self, x)"
    return Symbol(name or place, kind, "pkg", "pkg/model.py", where, where.first_line, signature)


def edge(
    caller: str,
    text: str,
    callee: str | None,
    kind: EdgeKind,
    certainty: Certainty = Certainty.RESOLVED,
    reason: str | None = None,
    after: str = "",
) -> Edge:
    start = SOURCE.index(METHODS[caller][0])
    start = SOURCE.index(after + text, start) + len(after)
    return Edge(
        CallSite(caller, span(start, start + len(text))), callee, kind, certainty, None, reason
    )


def between(first: str, last: str) -> Range:
    """Return the range of SOURCE from one text to the end of another."""
    start = SOURCE.index(first)
    whole = span(start, SOURCE.index(last, start) + len(last))
    return Range(Position(whole.first_line, 4 if first.startswith(" ") else 0), whole.end)


def span(start: int, end: int) -> Range:
    def position(offset: int) -> Position:
        line = SOURCE.count("\n", 0, offset)
        return Position(line + 1, offset - (SOURCE.rfind("\n", 0, offset) + 1))

    return Range(position(start), position(end))


def location(
    name: str, place: Range, at: str | None = None, kind: SymbolKind = SymbolKind.METHOD
) -> Location:
    owner = next(known for known in METHODS if known.startswith(name))
    return Location(Anchor(name, at), symbol(owner, name, kind), place, "d1:0", "d1:1", 1, 1)


def note(stem: str, title: str, body: str, *anchors: Anchor) -> Note:
    return Note(stem, Path(f"{stem}.md"), "en", title, anchors, body, 5)


def step_on_class() -> Step:
    whole = location(
        "pkg.model.Model", between(*METHODS["pkg.model.Model.__init__"]), None, SymbolKind.CLASS
    )
    return Step(note("build", "A model is a tree", "Layers are attributes."), {}, None, (whole,))


def step_on_call() -> Step:
    lead = location(
        "pkg.model.Model.forward", between("hidden = self.layer(x)", "(x)"), "call layer"
    )
    further = location(
        "pkg.model.Layer.forward", between("return native.linear", "len(x))"), "return"
    )
    chinese = Translation(
        Path("run.zh.md"),
        "zh",
        "层被调用",
        "层被*调用*。",
        3,
        {"The result is doubled.": "结果加倍。"},
        "n1:0",
        stale=True,
    )
    claim = Claim("The result is doubled.", 3, "pkg.Model(2).forward(1) == 2")
    snippet = Snippet(Path("run.py"), SNIPPET, (claim,))
    return Step(note("run", "The layer is called", BODY), {"zh": chinese}, snippet, (lead, further))


def step_on_scale() -> Step:
    whole = location("pkg.model.scale", between(*METHODS["pkg.model.scale"]))
    return Step(note("scale", "Scale calls itself", "Until `factor` is 0."), {}, None, (whole,))


def run() -> Run:
    environment = Environment(
        "3.11.7", "linux x86_64", {"pkg": "1.5"}, Device("cpu", "cpu"), LIMITS
    )
    result = ClaimResult("The result is doubled.", 1, True, "2", "2")
    return Run(environment, "2026-01-02", Depends("ab12"), True, (), (result,), "2\n")


def with_standings(standings: Mapping[str, Standing]) -> TourView:
    return replace(view(), standings=standings)
