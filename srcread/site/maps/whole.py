"""Which maps a tour has: of the run that shows most of it, and of runs that went another way.

The first scenario in the tour's order of which modules ran gives the first map; of the further ones
that are there for reading, those stay whose blocks are others. Where no run is, the graph gives
one, without shapes. A tour without modules has none, nor one of which nothing would be drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from srcread.model import CallGraph, ScenarioGroup, Trace
from srcread.site.blocks import Block, ModelMap, Role, every_block, leaves
from srcread.site.maps.drawing.plain import plain
from srcread.site.maps.flow import Walk
from srcread.site.maps.folding import folded
from srcread.site.maps.run import Run, is_native
from srcread.site.maps.static import static_run
from srcread.site.runs.ends import Source
from srcread.site.scenarios import ShownScenario

_MOST = 4

Path = tuple[str, ...]


def maps_of(
    runs: Sequence[tuple[ShownScenario, Trace]],
    graph: CallGraph,
    source: Callable[[str], Source],
) -> tuple[ModelMap, ...]:
    """Return the maps of a tour, the one to show first in front.

    `runs` stand in the tour's order. Fused blocks say what they take the place of, where another
    map tells it.
    """
    found: list[ModelMap] = []
    for shown, trace in runs:
        if shown.group != ScenarioGroup.READING.value or len(found) == _MOST:
            continue
        root = recorded_root(trace, source)
        if root is None or (found and root.symbol != found[0].root.symbol):
            continue
        if all(_structure(root) != _structure(known.root) for known in found):
            found.append(ModelMap(root, shown.key, tuple(sorted(trace.unseen.items()))))
    if not found:
        drawn = static_root(graph, source)
        found = [ModelMap(drawn)] if drawn is not None else []
    drawable = [one for one in found if plain(one.root, static=not one.scenario).root.steps]
    return tuple(one._replace(root=folded(one.root)) for one in with_instead(drawable))


def recorded_root(trace: Trace, source: Callable[[str], Source]) -> Block | None:
    """Return what a trace ran as blocks; None where no module ran.

    Of several activations that the scenario began, it is the one with the most modules. One of a
    function that calls a single module again and again, as `generate` does, stands for that module.
    """
    run = Run(trace.cases, trace.operations, source, paths=trace.modules)
    chosen = [number for number in trace.roots if _is_model(run, number)]
    return _drawn(run, [one for number in chosen for one in _modules_of(run, number)])


def static_root(graph: CallGraph, source: Callable[[str], Source]) -> Block | None:
    """Return what a graph says as blocks; None where it has no module of modules.

    It is the module of an entry, else of those that no other calls the one with most below it. Of a
    module that only calls operators the source does not say which of them run.
    """
    run = static_run(graph, source)
    entered = {f"{entry}.forward" for entry in graph.entries} | set(graph.entries)
    modules = [number for number in range(len(run.cases)) if run.is_module(number)]
    called = {number for module in modules for number in _modules_below(run, module)}
    top = [number for number in modules if number not in called]
    own = [number for number in modules if run.cases[number].symbol in entered]
    root = _drawn(run, own or [number for number in top if run.modules_below[number]])
    below = [] if root is None else [one for step in root.steps for one in every_block(step)]
    if root is None or all(one.role is not Role.MODULE for one in below):
        return None
    return root._replace(steps=tuple(map(_without_asides, root.steps)))


def _without_asides(block: Block) -> Block:
    """Take a module below which modules stand only under a test for one without modules.

    For example, a linear layer that adds a correction where one is configured is a linear layer.
    """
    if block.role is Role.MODULE and not any(map(_has_module, _certain(block))):
        return block._replace(steps=())
    return block._replace(steps=tuple(map(_without_asides, block.steps)))


def _has_module(block: Block) -> bool:
    return block.role is Role.MODULE or any(map(_has_module, _certain(block)))


def _certain(block: Block) -> list[Block]:
    """Return the steps that run whatever a test says: under none, or under it and its contrary."""
    tests = {step.condition for step in block.steps}
    both = {f"not ({test})" for test in tests} & tests
    both |= {test for test in tests if f"not ({test})" in tests}
    return [step for step in block.steps if not step.condition or step.condition in both]


def with_instead(maps: Sequence[ModelMap]) -> list[ModelMap]:
    """Let each block that another map has blocks in place of say which these are.

    For example, a fused encoder layer of one map is `self_attn, dropout1, +, norm1, …` of another.
    """
    known: dict[Path, tuple[str, ...]] = {}
    for one in maps:
        for path, block in _paths(one.root):
            if block.steps:
                names = (leaf.name or leaf.kind for leaf in leaves(block._replace(times=1)))
                known.setdefault(path, tuple(names))
    return [one._replace(root=_fused(one.root, known, ())) for one in maps]


def _fused(block: Block, known: Mapping[Path, tuple[str, ...]], above: Path) -> Block:
    path = (*above, block.name)
    if block.role is Role.MODULE and not block.steps and block.operators:
        return block._replace(instead=known.get(path, ()))
    return block._replace(steps=tuple(_fused(step, known, path) for step in block.steps))


def _paths(block: Block, above: Path = ()) -> Iterator[tuple[Path, Block]]:
    path = (*above, block.name)
    yield path, block
    for step in block.steps:
        yield from _paths(step, path)


def _is_model(run: Run, number: int) -> bool:
    return bool(run.modules_below[number]) or (run.is_module(number) and run.works(number))


def _modules_of(run: Run, number: int) -> list[int]:
    """Return the outermost modules in an activation if all are one module's, else it alone."""
    found: list[int] = []
    waiting = [number]
    while waiting:
        one = waiting.pop()
        if run.is_module(one):
            found.append(one)
        else:
            calls = run.cases[one].calls.values()
            waiting += [callee for below in calls for callee, _ in below]
    return found if len({run.class_of(one) for one in found}) == 1 else [number]


def _drawn(run: Run, chosen: Sequence[int]) -> Block | None:
    if not chosen:
        return None
    root = Walk(run).root(max(chosen, key=lambda number: run.modules_below[number]))
    return root if root.steps else None


def _modules_below(run: Run, number: int) -> set[int]:
    found, waiting = set[int](), [number]
    while waiting:
        case = run.cases[waiting.pop()]
        below = {callee for calls in case.calls.values() for callee, _ in calls}
        waiting += below - found
        found |= below
    return found


def _structure(block: Block) -> object:
    """Return what of a block makes another map: its blocks and native ways, not shapes or masks."""
    natives = tuple(name for name in block.operators if is_native(name))
    own = block.role, block.name, block.kind, block.times, natives
    return own, tuple(_structure(step) for step in block.steps)
