"""The first note of a tour, with its snippet and a scenario: texts, made of code and of a run.

With a script, the snippet is that script, and looks at the first call of the model: which parts it
calls in which order, and what comes out. Without one nothing was run, and nothing can be made of a
class whose arguments nobody knows: then the snippet looks at the function itself.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from srcread.errors import SrcreadError

_LOOKING = '''\

def parts_of(module, prefix=""):
    """Yield the parts of a module by name, through lists and tables of them."""
    for name, part in module.named_children():
        yield prefix + name, part
        if isinstance(part, (torch.nn.ModuleList, torch.nn.ModuleDict)):
            yield from parts_of(part, f"{prefix}{name}.")


called, given = [], []
for name, part in parts_of(VARIABLE):
    part.register_forward_hook(lambda *_, name=name: called.append(name) if not given else None)
VARIABLE.register_forward_hook(lambda module, inputs, output: given.append(output))
'''

_PROBE = """

import json as _json
def _where(value, path=""):
    if isinstance(value, torch.Tensor):
        return path, list(value.shape)
    if isinstance(value, (tuple, list)):
        inner = [(f"{path}[{n}]", one) for n, one in enumerate(value)]
    elif hasattr(value, "items"):
        inner = [(f"{path}[{key!r}]", one) for key, one in value.items()]
    else:
        inner = []
    return next((found for at, one in inner if (found := _where(one, at))), None)
print("\\nBEGUN" + _json.dumps([called, _where(given[0]) if given else None, len(given)]))
"""

MARK = "BEGUN"
"""What the probe's last line begins with."""

_MOST_NAMED = 6


class Ran(NamedTuple):
    """The first call of a model: parts in the order of their calls, where a tensor came out."""

    called: tuple[str, ...]
    at: str
    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A first note: its stem, the texts of note, snippet and scenario, none if empty."""

    stem: str
    note: str
    snippet: str
    scenario: str = ""


def looking_at(script: str, name: str) -> str:
    """Return a script that looks at the model which it makes, and says nothing of it.

    Raises:
        SrcreadError: it does not make one where that can be seen.
    """
    tree = ast.parse(script)
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=variable)], value=value) if _makes(value, name):
                lines = script.splitlines()
                text = _LOOKING.replace("VARIABLE", variable)
                needed = "" if _imports_torch(tree) else "import torch\n"
                head = "\n".join(lines[: statement.end_lineno])
                tail = "\n".join(lines[statement.end_lineno or 0 :])
                return f"{_docless(tree, head)}\n{needed}\n{text}\n{tail.strip()}\n"
    raise SrcreadError(
        f"In the script no line makes a {name}. Write one at its left margin: model = {name}(…), "
        "and behind it a call of the model."
    )


def probing(looking: str) -> str:
    """Return a script that prints what it saw, for `ran_of`."""
    return looking + _PROBE


def ran_of(output: str, name: str) -> Ran:
    """Return what a probe printed.

    Raises:
        SrcreadError: it did not call the model.
    """
    line = output.rstrip().rpartition("\n")[2]
    called, where, calls = json.loads(line.removeprefix(MARK))
    if not calls:
        raise SrcreadError(f"The script made a {name}, and did not call it. Add such a call.")
    at, shape = where or ("", None)
    return Ran(tuple(called), at, tuple(shape) if shape is not None else None)


def note_of_run(
    symbol: str, at: str, name: str, looking: str, script: tuple[str, str], ran: Ran
) -> Begun:
    """Return a note on what a script saw of a model's forward; `script` is its name and text."""
    title, text = script
    claims, texts = [], []
    if ran.called:
        first = f"The first call goes through {_listed(ran.called)}."
        claims.append(f"order = {list(ran.called)!r}\nassert called == order, {_quoted(first)}")
        said = f"It calls its parts in this order: {_listed(ran.called)}.[^order]"
        texts.append((said, "order", first))
    if ran.shape is not None:
        comes = f"With these inputs comes out a tensor of shape {ran.shape}."
        shape = f"shape = tuple(given[0]{ran.at}.shape)"
        claims.append(f"{shape}\nassert shape == {ran.shape!r}, {_quoted(comes)}")
        said = f"With the inputs of {title} its output has the shape {ran.shape}.[^shape]"
        texts.append((said, "shape", comes))
    if not texts:
        raise SrcreadError(f"The call of {name} went through no part, and gave no tensor.")
    doc = f'"""Run {name} as {title} does, and look at its first call."""\n\n'
    shown = 'print("called:", called)\n'
    snippet = f"{doc}{looking.strip()}\n\n{shown}" + "\n".join(claims) + "\n"
    note = _note(symbol, f"What one call of {name} goes through", texts, f"at = {_quoted(at)}\n")
    return Begun(_stem(name), note, snippet, _scenario(text, f"{name}, as {title} runs it"))


def note_of_text(symbol: str, name: str, function: ast.FunctionDef, parts: Sequence[str]) -> Begun:
    """Return a note at a function that nobody ran, of what it asks for and names."""
    module = symbol.removesuffix(f".{name}.forward")
    asks = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    inputs = _listed(asks[1:]) or "nothing"
    taken = f"{function.name} takes {inputs}."
    texts = [(f"It takes {inputs}.[^takes]", "takes", taken)]
    asked = "parameters = code.co_varnames[: code.co_argcount]"
    claims = [f"{asked}\nassert parameters == {tuple(asks)!r}, {_quoted(taken)}"]
    if parts:
        names = f"It names {_listed(parts)}, in this order."
        said = f"Of the model's parts it names {_listed(parts)}, in this order.[^names]"
        texts.append((said, "names", names))
        claims.append(
            f"parts = {list(parts)!r}\nnamed = [name for name in code.co_names if name in parts]\n"
            f"assert named == parts, {_quoted(names)}"
        )
    snippet = (
        f'"""Look at what {name}.forward asks for, and what it names."""\n\n'
        f"from {module} import {name}\n\ncode = {name}.forward.__code__\n"
        'print("names:", code.co_names)\n' + "\n".join(claims) + "\n"
    )
    title = f"What {name} asks for and names"
    reach = 'at = "def"\nreach = false\nreach_reason = "No script was given to run it."\n'
    return Begun(_stem(name), _note(symbol, title, texts, reach), snippet)


def _note(symbol: str, title: str, texts: Sequence[tuple[str, str, str]], more: str) -> str:
    body = "\n".join(text for text, _, _ in texts)
    notes = "\n".join(f"[^{label}]: claim {_quoted(claim)}" for _, label, claim in texts)
    head = f"title = {_quoted(title)}\nsymbol = {_quoted(symbol)}\n{more}"
    return f"+++\n{head}+++\n{body}\n\n{notes}\n"


def _scenario(script: str, title: str) -> str:
    """Return a script as a scenario, empty where nothing tells what it comes to."""
    tree = ast.parse(script)
    lines = script.splitlines()
    output = ""
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="output")]):
                output = "output"
            case ast.Assign(targets=[target], value=ast.Call()) if output != "output":
                output = ast.unparse(target)
    if not output:
        return ""
    rest = _docless(tree, "\n".join(lines)).strip()
    last = "" if output == "output" else f"output = {output}\n"
    return f'"""{title}."""\n\n{rest}\n{last}\nGROUP = "reading"\n'


def _docless(tree: ast.Module, text: str) -> str:
    """Return a script's text without its docstring."""
    first = tree.body[0] if ast.get_docstring(tree) is not None else None
    return "\n".join(text.splitlines()[first.end_lineno :]) if first is not None else text


def _makes(value: ast.expr, name: str) -> bool:
    """Tell whether an expression is a call of a class, or of a method on such a call."""
    while isinstance(value, ast.Call):
        if ast.unparse(value.func).rpartition(".")[2] == name:
            return True
        if not isinstance(value.func, ast.Attribute):
            return False
        value = value.func.value
    return False


def _imports_torch(tree: ast.Module) -> bool:
    imports = (one for one in tree.body if isinstance(one, ast.Import))
    return any(it.name == "torch" and not it.asname for one in imports for it in one.names)


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    shown = [*names[:_MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _stem(name: str) -> str:
    from srcread.notes.scaffold import suggest_stem

    return f"{suggest_stem(name)}-forward"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
