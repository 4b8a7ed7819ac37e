"""Rules about the equations of a step: that they can be read and shown, and whose names they have.

An equation says something of the code that its note stands at, so its names are that code's: of the
symbols of the note's anchors, of their class, of their module's top. A name that upstream renames
is a finding from then on. What a left side of the same fence names is declared by that.

Which claim evaluates an equation is read from the snippet's syntax: `equation("scores", …)` as the
whole test of a claim.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from srcread.equations import (
    Equation,
    EquationError,
    Fence,
    Stated,
    column_of,
    declared_names,
    equations_in,
    fences_in,
    free_names,
    needed_names,
    read_equations,
)
from srcread.equations.fit import drawn
from srcread.equations.vocabulary import OF_TENSORS, WORDS
from srcread.errors import did_you_mean
from srcread.index.trees import PARSE_ERRORS, parse_text
from srcread.model import Diagnostic, Location, Note, Prose, Snippet, Step, Translation
from srcread.notes.claims import claims_in
from srcread.notes.code_names import names_at
from srcread.notes.format.codes import finding
from srcread.notes.lookup import Lookup

_Page = Note | Translation | Prose

FUNCTION = "equation"
"""What a snippet calls to evaluate one."""


def evaluated(step: Step) -> Mapping[str, tuple[Stated, int]]:
    """Return the equations that the step's snippet evaluates, each with its claim's number from 1.

    They are those of the note; its translations show the same.
    """
    if step.snippet is None or FUNCTION not in step.snippet.text:
        return {}
    stated = {one.name: one for one in equations_in(step.note.body)}
    found: dict[str, tuple[Stated, int]] = {}
    for number, claim in enumerate(step.snippet.claims, 1):
        for name in _named_in(claim.code):
            if name in stated:
                found.setdefault(name, (stated[name], number))
    return found


def check_equations(step: Step) -> Iterator[Diagnostic]:
    """Report the equations of a step that cannot be read or shown, or are evaluated wrongly."""
    pages: list[Note | Translation] = [step.note, *step.translations.values()]
    for page in pages:
        yield from check_fences(page)
    for _, translation in sorted(step.translations.items()):
        yield from check_same(step.note, translation)
    if step.snippet is not None and FUNCTION in step.snippet.text:
        yield from _check_snippet(step.snippet, equations_in(step.note.body))


def check_names(step: Step, lookup: Lookup) -> Iterator[Diagnostic]:
    """Report each name of the note's equations that its symbols do not have."""
    yield from check_names_of(step.note, step.locations, lookup)


def check_fences(page: _Page) -> Iterator[Diagnostic]:
    """Report the equations of a text that cannot be read or shown."""
    for fence in fences_in(page.body):
        yield from _check_fence(page, fence)


def check_names_of(
    page: _Page, locations: Sequence[Location], lookup: Lookup
) -> Iterator[Diagnostic]:
    """Report each name of a text's equations that the symbols at these places do not have."""
    fences = fences_in(page.body)
    if not fences or not locations:
        return
    symbols = {place.symbol.name: place.symbol for place in locations}
    known: set[str] = set(OF_TENSORS)
    for symbol in symbols.values():
        known |= names_at(lookup.text(symbol), symbol)
    for fence in fences:
        try:
            equations = read_equations(fence.text)
        except EquationError:
            continue  # it is reported as what cannot be read
        mine = known | declared_names(equations)
        for one in equations:
            yield from _check_names(page, fence, one, mine, list(symbols))


def _check_fence(page: _Page, fence: Fence) -> Iterator[Diagnostic]:
    first = page.body_line + fence.line - 1
    try:
        shown = drawn(read_equations(fence.text), fence.text)
    except EquationError as error:
        message = f"Column {error.column}: {error.message}"
        yield finding("NOTE031", page.path, first + error.line - 1, message, error.hint)
        return
    if not shown.fits:
        message = "The equation has a part that is wider than a note, and cannot be broken."
        hint = "Name a part of it in an equation above."
        yield finding("NOTE033", page.path, first, message, hint)


def _check_names(
    note: _Page, fence: Fence, equation: Equation, known: set[str], symbols: Sequence[str]
) -> Iterator[Diagnostic]:
    for used in free_names(equation):
        unknown = [part for part in used.name.split(".") if part not in known]
        if unknown:
            line = note.body_line + fence.line + used.node.lineno - 2
            where = f"Column {column_of(used.node, fence.text)}: {unknown[0]!r}"
            message = f"{where} stands nowhere in {' or '.join(map(repr, symbols[:3]))}."
            hint = did_you_mean(unknown[0], known | WORDS).strip()
            hint = hint or "Write the code's own name, or name it on a left side of this fence."
            yield finding("NOTE032", note.path, line, message, hint)


def check_same(note: _Page, translation: _Page) -> Iterator[Diagnostic]:
    """Report a translation that shows other equations than its note: they need no translating."""
    own, other = _texts(note.body), _texts(translation.body)
    if own == other:
        return
    pairs = zip((*own, ""), (*other, ""), strict=False)
    wanted, found = next(pair for pair in pairs if pair[0] != pair[1])
    line = translation.body_line + next((f.line for f in fences_in(translation.body)), 1) - 1
    message = f"{note.path.name} has {wanted!r} where this has {found!r}."
    if not found:
        message = f"{wanted!r} of {note.path.name} is missing."
    elif not wanted:
        message = f"{found!r} is not in {note.path.name}."
    yield finding("TRANS011", translation.path, line, message, "Copy the note's fences.")


def _texts(body: str) -> list[str]:
    return [" ".join(line.split()) for fence in fences_in(body) for line in fence.text.split("\n")]


def _check_snippet(snippet: Snippet, stated: Sequence[Stated]) -> Iterator[Diagnostic]:
    tree = _tree(snippet.text)
    if tree is None:
        return
    nodes = tuple(ast.walk(tree))
    tests = {id(test) for one in claims_in(nodes, snippet.text) for test in one.tests}
    known = {one.name: one for one in stated}
    for node in nodes:
        if isinstance(node, ast.Call) and is_evaluation(node) and _imports_it(nodes):
            yield from _check_call(snippet.path, node, known, id(node) in tests)


def _check_call(
    path: Path, node: ast.Call, known: Mapping[str, Stated], tests: bool
) -> Iterator[Diagnostic]:
    match node.args:
        case [ast.Constant(value=str(name)), _]:
            pass
        case _:
            message = "equation is given a name and the value that the code computed."
            hint = 'Write equation("scores", scores, q=q, k=k).'
            yield finding("CLAIM018", path, node.lineno, message, hint)
            return
    if name not in known:
        hint = did_you_mean(name, known).strip() or "Write it in a fence ```equation of the note."
        message = f"The note has no equation for {name!r}."
        yield finding("CLAIM018", path, node.lineno, message, hint)
    elif not tests:
        hint = f'Write assert equation({name!r}, …), "What it shows.".'
        message = f"equation({name!r}, …) is not the whole test of a claim."
        yield finding("CLAIM018", path, node.lineno, message, hint)
    else:
        yield from _check_given(path, node, known[name])


def _check_given(path: Path, node: ast.Call, stated: Stated) -> Iterator[Diagnostic]:
    given = [one.arg for one in node.keywords if one.arg is not None]
    if len(given) < len(node.keywords):
        return  # `**values`: the run will say what is missing
    needed = needed_names(stated.equation, stated.fence, given)
    for name in needed:
        if name not in given:
            message = f"equation({stated.name!r}, …) is not given {name!r}."
            yield finding("CLAIM018", path, node.lineno, message, f"Add {name}=…")
    every = needed_names(stated.equation, stated.fence)
    allowed = {*needed, *every, *declared_names(stated.fence)}
    for name in given:
        if name not in allowed:
            hint = did_you_mean(name, set(needed) - set(given)).strip() or "Leave it out."
            message = f"{name!r} stands nowhere in the equation for {stated.name!r}."
            yield finding("CLAIM018", path, node.lineno, message, hint)


def is_evaluation(node: ast.Call) -> bool:
    """Tell whether a call is one of `srcread.lab.equation`, as a snippet writes it."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="lab"), attr=name):
            return name == FUNCTION
    return False


def _imports_it(nodes: Collection[ast.AST]) -> bool:
    """Tell whether a snippet has the lab's function, and no other of that name."""
    return any(
        (node.module, alias.name) in (("srcread.lab", FUNCTION), ("srcread", "lab"))
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )


def _named_in(code: str) -> Iterator[str]:
    """Yield the names of the equations that a claim's test evaluates, itself or in its `and`."""
    tree = _tree(f"({code}\n)") if FUNCTION in code else None  # a test may stand on several lines
    tests = [one.value for one in tree.body if isinstance(one, ast.Expr)] if tree else []
    while tests:
        match tests.pop():
            case ast.BoolOp(op=ast.And(), values=values):
                tests += values
            case ast.Call(args=[ast.Constant(value=str(name)), *_]) as node if is_evaluation(node):
                yield name


def _tree(text: str) -> ast.Module | None:
    try:
        return parse_text(text)
    except PARSE_ERRORS:
        return None
