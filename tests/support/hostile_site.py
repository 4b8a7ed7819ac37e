"""The small example with every hostile text in every place where one can stand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from srcread.model import (
    Band,
    CallGraph,
    Chapter,
    ClaimResult,
    Depends,
    Device,
    Edge,
    EdgeKind,
    EvidenceStatus,
    Grid,
    Lab,
    Licence,
    NetworkLine,
    Operation,
    Operator,
    Position,
    Prose,
    Reach,
    RecordedNetwork,
    Run,
    Scenario,
    Standing,
    Step,
    Tour,
    Trace,
    Translation,
)
from srcread.site import TourView
from support.hostile_cases import ALL, LINE
from support.reasons import LIMITS, in_words
from support.site_example import (
    SOURCE,
    distribution,
    graph,
    note,
    run,
    source_file,
    step_on_call,
    step_on_class,
    step_on_scale,
)
from support.site_runs import (
    ENVIRONMENT,
    FORWARD,
    LAYER,
    SCALE,
    SCENARIOS,
    masked,
    plain,
    with_runs,
)

NAME = f"pkg.model.{LINE}"
"""A function's name, as nobody can define one but graph.json can tell."""

_SHOWN = [text.replace("\n", " ") for text in ALL.values()]
LINES = [
    *(f"    # {text}" for text in _SHOWN),
    f"    strings = {_SHOWN!r}",
    '    """A docstring.',
    *_SHOWN,
    '    """',
    "    \u0455cale = lambda ev\u0456l, 变量, _\u0331: </script><script>window.canary=1</script>",
]
"""What follows `scale` in the source, and belongs to it: comments, strings, a docstring, names."""


def hostile_view() -> TourView:
    """Return a tour of which nothing is well-meant but the addresses."""
    text = SOURCE.replace("# the only layer", "# " + LINE) + "\n".join(LINES) + "\n"
    file = source_file(text)
    runs = with_runs(
        {FORWARD: [(16, LINE, {"en": LINE, "zh": LINE})]}, [_plain(), _masked()], _scenarios()
    )
    return TourView(
        tour=_tour(),
        graph=_graph(runs.graph),
        standings={"run": Standing(EvidenceStatus.FAILED, in_words(f"failed: {LINE}"), _run())},
        distributions=(
            replace(
                distribution(),
                licences=(Licence(LINE, LINE),),
                licence_expression=LINE,
                commit=None,
                tag=LINE,
            ),
        ),
        read=lambda *_: file,
        runs=runs.runs,
    )


def _tour() -> Tour:
    notes = [
        replace(
            step_on_scale(), note=replace(note(f"case-{number}", name, text), path=Path("x.md"))
        )
        for number, (name, text) in enumerate(ALL.items())
    ]
    return Tour(
        name="example",
        folder=Path("example"),
        title=LINE,
        titles={"zh": LINE},
        distributions={"pkg": "1.5"},
        entries=("pkg.model.Model",),
        languages=("en", "zh"),
        chapters=(Chapter(LINE, "build", {"zh": LINE}), Chapter(LINE, "run")),
        steps=(step_on_class(), _step(), *notes),
        repository="https://example.org/\"'><script>window.canary=1</script>",
        appendices={"texts": _page("\n\n".join(ALL.values())), "rows": _page(_rows())},
    )


def _page(body: str) -> dict[str, Prose]:
    return {"en": Prose(Path("x.md"), "en", body, 3, title=LINE)}


def _rows() -> str:
    """Return each text as a heading, and as the heading and the cells of a table."""
    lines = [" ".join(text.split()).replace("|", "\\|") or "x" for text in ALL.values()]
    table = "## {0}\n\n| a | {0} | c |\n|---|---|---|\n| {0} | {0} | {0} |\n"
    return "\n".join(table.replace("{0}", line) for line in lines)


def _step() -> Step:
    step = step_on_call()
    said = replace(
        step.note,
        title=LINE,
        trap=True,
        questions=(LINE,),
        messages=(LINE,),
        authors=(LINE,),
        see=(*ALL.values(), "javascript:window.canary=1", "https://example.org/\"'><img src=x>"),
        native=LINE,
    )
    assert step.snippet is not None
    claim = replace(step.snippet.claims[0], sentence=LINE, code=LINE)
    chinese = Translation(Path("run.zh.md"), "zh", LINE, LINE, 3, {LINE: LINE}, "n1:0")
    text = f"{step.snippet.text}\nprint({LINE!r})  # {LINE}\n".replace("\x00", "")
    snippet = replace(step.snippet, text=text, claims=(claim,))
    return replace(step, note=said, snippet=snippet, translations={"zh": chinese})


def _run() -> Run:
    device = Device("cuda", LINE, LINE, LINE, LINE)
    environment = replace(
        run().environment,
        python=LINE,
        platform=LINE,
        sandbox=LIMITS,
        distributions={LINE: LINE},
        device=device,
    )
    network = RecordedNetwork(
        LINE, 1, 1, 1, ((LINE, {LINE: 2}),), (NetworkLine(FORWARD, 8, {LINE: 2}, {}),)
    )
    lab = Lab({LINE: LINE}, {LINE: LINE}, (LINE,), (LINE,), (LINE,), (network,))
    return replace(
        run(),
        environment=environment,
        date=LINE,
        depends=Depends(LINE, {LINE: LINE}),
        reasons=(in_words(LINE),),
        confirmed=False,
        claims=(ClaimResult(LINE, 1, False, LINE, LINE),),
        output="\n".join(ALL.values()),
        reach=(Reach(FORWARD, False, reason=in_words(LINE)),),
        lab=lab,
        grids=(Grid(LINE, LINE, LINE, ((1.0, LINE),), Band(LINE, (True, False))),),
    )


def _graph(found: CallGraph) -> CallGraph:
    """Add a function of a hostile name, and let `scale` reach over the lines behind it."""
    scale = found.symbols[SCALE]
    end = Position(SOURCE.count("\n") + len(LINES), 0)
    scale = replace(scale, range=replace(scale.range, end=end), signature=LINE)
    strange = replace(found.symbols[LAYER], name=NAME, path=f"pkg/{LINE}.py", signature=LINE)
    site = next(edge.site for edge in graph().edges if edge.site.caller == FORWARD)
    edges = [replace(edge, reason=LINE) if edge.reason else edge for edge in found.edges]
    edges += [
        Edge(site, NAME, EdgeKind.METHOD),
        Edge(replace(site, caller=NAME), LINE, EdgeKind.NATIVE),
        Edge(replace(site, caller=LAYER), f"{LINE}.x", EdgeKind.EXTERNAL),
    ]
    native = "pkg._C.linear"
    operator = Operator(
        LINE, LINE, {LINE: LINE, "CPU": LINE}, 7, "pkg", LINE,
        overloads=2, backward=(LINE,), files={LINE: LINE},
    )  # fmt: skip
    return replace(
        found,
        order=(*found.order, NAME),
        symbols={**found.symbols, SCALE: scale, NAME: strange},
        edges=tuple(edges),
        operators={native: replace(found.operators[native], schema=LINE), LINE: operator},
    )


def _plain() -> Trace:
    one = plain()
    layer = replace(
        one.cases[2],
        arguments={LINE: LINE},
        raised=f"{LINE}: {LINE}",
        values={one.cases[2].ran[0]: (LINE,)},
    )
    environment = replace(
        ENVIRONMENT, python=LINE, distributions={LINE: LINE}, device=Device("cpu", LINE)
    )
    operations = (Operation(LINE), Operation(LINE, (0,), (LINE,)))
    return replace(
        one,
        environment=environment,
        cases=(*one.cases[:2], layer, one.cases[3]),
        operations=operations,
        untraced={"pkg.model.Model.__init__": in_words(LINE)},
    )


def _masked() -> Trace:
    one = masked()
    last = one.cases[-1]
    values = {place: (LINE,) for place in last.ran}
    return replace(one, cases=(*one.cases[:-1], replace(last, values=values)), untraced={})


def _scenarios() -> dict[str, Scenario]:
    return {stem: replace(item, title=LINE) for stem, item in SCENARIOS.items()}


POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>\n')


def without_policy(folder: Path) -> None:
    """Take the policy out of every page, so that the escaping alone must hold."""
    for page in folder.rglob("*.html"):
        text, count = POLICY.subn(b"", page.read_bytes())
        assert count == 1, page
        page.write_bytes(text)
