"""The recorder: what `sys.setprofile` tells, as edges between definitions at exact sites.

Python tells of a call by the new frame, so its caller is the frame below, and the caller's current
instruction is the site. Four things are put right on the way. `Module.__call__` and its helpers
are folded: the edge goes from the site of `module(...)` to the forward that ran. A wrapper made by
`functools.wraps` keeps what it went on to in the edge's `via`. A generator function tells nothing
when it is called, only when it is first resumed: the call is then looked for by its name, first in
the expression that resumes it, then in the whole function, and taken if there is exactly one. What
the constructor of a dataclass calls, which has no source, is called where the object is made.

Left out: classes in C, which tell nothing when they are called, and all that an `import` runs.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from .natives import Natives
from .observed import ObservedEdge, Site, Way
from .places import (
    INLINED,
    LAMBDA,
    Definition,
    Instruction,
    Instructions,
    SourceText,
    called_name,
    is_call,
)

MODULE_CALL = frozenset(
    f"torch.nn.modules.module.Module.{name}"
    for name in ("_wrapped_call_impl", "_call_impl", "_call_impl.<locals>.inner", "_slow_forward")
)


_FORWARD_CALLS = ("forward_call", "forward")
"""What the folded functions call a module's forward by; whatever else they call is a hook's."""
EdgeKey = tuple[Way, str, str, Site | None, str]


@dataclass(slots=True)
class Code:
    """What is known of a code object. `text` is None outside the packages that are read."""

    node: str
    name: str
    text: SourceText | None
    definition: Definition | None
    instructions: Instructions
    inlined: bool
    folded: bool


@dataclass
class Recorder:
    """Gathers edges while its `profile` is set; `roots` maps packages to their folders' parents."""

    roots: Mapping[str, Path]
    natives: Natives
    scenario: str = ""
    edges: dict[EdgeKey, set[str]] = field(default_factory=dict)
    via: dict[tuple[str, Site | None], set[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)
    _codes: dict[CodeType, Code] = field(default_factory=dict)
    _texts: dict[str, SourceText | None] = field(default_factory=dict)
    _inside_c: list[tuple[FrameType, str]] = field(default_factory=list)
    _importing: FrameType | None = None

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        """Take one event, as `sys.setprofile` gives it."""
        if self._importing is not None:
            if event == "return" and frame is self._importing:
                self._importing = None
        elif event == "call":
            self._called(frame)
        elif event == "c_call":
            self._inside_c.append((frame, argument.__name__))
            self._called_native(frame, argument)
        elif event != "return" and self._inside_c:
            self._inside_c.pop()

    def is_importing(self) -> bool:
        """Tell whether what runs now is run by an `import`, and left out."""
        return self._importing is not None

    def observed(self) -> tuple[ObservedEdge, ...]:
        """Return the edges so far, in a fixed order."""
        edges = [
            ObservedEdge(*key, via=self._via(key), seen=tuple(sorted(seen)))
            for key, seen in self.edges.items()
        ]
        return tuple(sorted(edges, key=lambda edge: (edge.caller, str(edge.site), repr(edge))))

    def _via(self, key: EdgeKey) -> tuple[str, ...]:
        _, _, callee, site, _ = key
        return tuple(sorted(self.via.get((callee, site), ())))

    def code(self, code: CodeType) -> Code:
        """Return what is known of a code object."""
        if code not in self._codes:
            self._codes[code] = self._looked_up(code)
        return self._codes[code]

    def _looked_up(self, code: CodeType) -> Code:
        text = self._text(code.co_filename)
        definition = text.definition(code) if text is not None else None
        module = text.module if text is not None else Path(code.co_filename).stem
        name = f"{module}.{code.co_qualname}"
        node = f"~{name}"
        if definition is not None and text is not None:
            node = definition.place
            self.names[node] = f"{module}.{definition.qualname}"
            if code.co_name == LAMBDA:
                node = f"{text.path}:{code.co_firstlineno} {LAMBDA}"
                self.names[node] = name
        inlined, folded = code.co_name in INLINED, name in MODULE_CALL
        return Code(node, name, text, definition, Instructions(code), inlined, folded)

    def _text(self, filename: str) -> SourceText | None:
        if filename not in self._texts:
            self._texts[filename] = None
            for root in self.roots.values():
                path = Path(filename)
                if path.is_relative_to(root) and path.is_file():
                    relative = path.relative_to(root).as_posix()
                    if relative.partition("/")[0].removesuffix(".py") in self.roots:
                        self._texts[filename] = SourceText(path, relative)
        return self._texts[filename]

    def _called(self, frame: FrameType) -> None:
        if frame.f_code.co_name == "<module>":
            self._importing = frame
            return
        caller = frame.f_back
        if caller is None:
            return
        callee = self.code(frame.f_code)
        resumed = bool(frame.f_code.co_flags & inspect.CO_GENERATOR)
        if not resumed or callee.instructions.is_first_resume(frame.f_lasti):
            self._link(self.code(caller.f_code), callee)
            self._edge(frame, caller, callee, resumed)

    def _link(self, caller: Code, callee: Code) -> None:
        definition = caller.definition
        node = definition.place if definition is not None else caller.node
        self.links.add((node, callee.node))

    def _edge(self, frame: FrameType, caller: FrameType, callee: Code, resumed: bool) -> None:
        if callee.folded or (callee.inlined and callee.text is not None):
            return
        if _is_written_by_python(caller.f_code) and caller.f_back is not None:
            caller = caller.f_back
        known = self.code(caller.f_code)
        if known.folded:
            self._forward(frame, caller, callee)
            return
        if known.definition is None or known.text is None:
            return
        at = known.instructions.at(caller.f_lasti)
        inside = self._inside_c[-1] if self._inside_c else None
        if resumed:
            self._resumed(known, at, callee)
        elif inside is not None and inside[0] is caller:
            self._add(Way.IMPLICIT, known, at, callee, f"inside {inside[1]}")
        else:
            way, how = _way(known, at, frame.f_code)
            self._add(way, known, at, callee, how)
            self._went_on(caller, known, at, callee)

    def _forward(self, frame: FrameType, caller: FrameType, callee: Code) -> None:
        """Climb from a forward, or what wraps it, to the site of `module(...)`."""
        folded = self.code(caller.f_code)
        at = folded.instructions.at(caller.f_lasti)
        node = folded.text.calls.get(at.position) if folded.text is not None else None
        below = self._unfolded(caller)
        if below is None or node is None or called_name(node) not in _FORWARD_CALLS:
            return
        known = self.code(below.f_code)
        if known.definition is not None:
            at = known.instructions.at(below.f_lasti)
            way, how = _way(known, at, frame.f_code)
            self._add(Way.FORWARD if way is Way.EXPLICIT else way, known, at, callee, how)

    def _unfolded(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and self.code(frame.f_code).folded:
            frame = frame.f_back
        return frame

    def _resumed(self, caller: Code, at: Instruction, callee: Code) -> None:
        """Attribute a generator's first step to the call that made it."""
        assert caller.text is not None and caller.definition is not None
        name = callee.name.rpartition(".")[2]
        calls = caller.text.calls_by_name(caller.definition, name)
        near = [node for node in calls if _covers(at, node)] or calls
        if len(set(near)) == 1:
            site = caller.text.site(near[0])
            key = (Way.EXPLICIT, caller.definition.place, callee.node, site, "")
            self.edges.setdefault(key, set()).add(self.scenario)
        else:
            self._add(Way.IMPLICIT, caller, at, callee, "iteration")

    def _went_on(self, frame: FrameType, wrapper: Code, at: Instruction, callee: Code) -> None:
        """Note, at the site that called a wrapper, what the wrapper calls in its stead."""
        below = self._unfolded(frame.f_back)
        while below is not None and _calls_wrapped(wrapper, at):
            known = self.code(below.f_code)
            at = known.instructions.at(below.f_lasti)
            self.via.setdefault((wrapper.node, _site(known, at)), set()).add(callee.node)
            wrapper, below = known, self._unfolded(below.f_back)

    def _called_native(self, frame: FrameType, function: Any) -> None:
        caller = self.code(frame.f_code)
        if caller.definition is None or caller.folded:
            return
        name = self.natives.name(function)
        if name is not None:
            at = caller.instructions.at(frame.f_lasti)
            way, how = _way(caller, at, None)
            self._put(Way.NATIVE if way is Way.EXPLICIT else way, caller, at, name, how)

    def _add(self, way: Way, caller: Code, at: Instruction, callee: Code, how: str) -> None:
        self._put(way, caller, at, callee.node, how)

    def _put(self, way: Way, caller: Code, at: Instruction, callee: str, how: str) -> None:
        assert caller.definition is not None
        key = (way, caller.definition.place, callee, _site(caller, at), how)
        self.edges.setdefault(key, set()).add(self.scenario)


def _is_written_by_python(code: CodeType) -> bool:
    """Tell whether a frame is the `__init__` of a dataclass: it goes on to `__post_init__`."""
    return code.co_filename == "<string>" and code.co_name == "__init__"


def _way(caller: Code, at: Instruction, callee: CodeType | None) -> tuple[Way, str]:
    """Tell whether a call expression stands at an instruction, else what it does."""
    assert caller.text is not None
    known = at.position in caller.text.calls
    shared = at.position in caller.text.run_again
    if is_call(at.operation) and (shared or not known):
        if callee is not None and callee.co_name == "__exit__":
            return Way.IMPLICIT, "with"
        if shared and not (known and at.is_first):
            return Way.IMPLICIT, "decorator"
    if is_call(at.operation) and known:
        return Way.EXPLICIT, ""
    return Way.IMPLICIT, at.operation.lower()


def _site(caller: Code, at: Instruction) -> Site | None:
    """Return the range of the expression at an instruction, else that of the instruction."""
    if caller.text is None:
        return None
    text = caller.text
    node: ast.expr | None = text.calls.get(at.position) or text.attributes.get(at.position)
    node = node or text.managers.get(at.position)
    if node is not None:
        return caller.text.site(node)
    line, column, end_line, end_column = at.position
    if line is None or column is None or end_line is None or end_column is None:
        return None
    return Site(caller.text.path, line, column, end_line, end_column)


def _calls_wrapped(caller: Code, at: Instruction) -> bool:
    """Tell whether a wrapper stands at the call of the function that it wraps."""
    if caller.definition is None or caller.text is None or caller.definition.wraps is None:
        return False
    node = caller.text.calls.get(at.position)
    match node:
        case ast.Call(func=ast.Name(name)):
            return name == caller.definition.wraps
    return False


def _covers(at: Instruction, node: ast.Call) -> bool:
    """Tell whether a call stands within the range of an instruction, a loop's head for one."""
    line, column, end_line, end_column = at.position
    if line is None or column is None or end_line is None or end_column is None:
        return False
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return (line, column) <= start and end <= (end_line, end_column)
