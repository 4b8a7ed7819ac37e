"""The story of `begin`: a repository gets a tour of its own code, with a first note that holds.

    find its packages ─> propose an entry ─> with a script: run it once, and look at the model
    write ./annotations/TOUR, a README, workflows, a hook: what is there stays, and is said

Without a script nothing runs. With one it runs in the sandbox, as a snippet does, and sees the
packages and nothing else of the repository.
"""

from __future__ import annotations

import ast
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, SrcreadError, did_you_mean, near_path
from srcread.evidence.sentences import say
from srcread.index import Defined, Index
from srcread.index.imports import imports_of
from srcread.model import Depends, Distribution, ReasonCode
from srcread.notes.accept import accept_note
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.shortest import shortest
from srcread.notes.format.files import write_text
from srcread.notes.format.stems import is_stem
from srcread.notes.format.tourfile import read_tour_file
from srcread.notes.scaffold import suggest_stem
from srcread.opening.code import defining_modules
from srcread.opening.own import code_of, names_meant
from srcread.running.judge import judge
from srcread.running.own import own_files_of
from srcread.running.plan import LEVELS, Job, plan
from srcread.running.runner import run_plan
from srcread.sources import Installed, Sources, interpreter_of, search_path
from srcread.stories.beginning.files import files_of
from srcread.stories.beginning.note import (
    Begun,
    Ran,
    looking_at,
    note_of_run,
    note_of_text,
    probing,
    ran_of,
)
from srcread.stories.beginning.packages import Model, models_of, opened, packages_of
from srcread.support.files import read_plain

Choose = Callable[[Sequence[Model]], Model]

_PINNED = ("transformers", "timm", "torch")
"""What is read below one's own code, where it is imported and installed: each in one version."""
_SCENARIO = "first"


@dataclass(frozen=True, slots=True)
class BeginSettings:
    """What is asked of `begin`; the fields are the command's options."""

    entry: str | None = None
    tour: str | None = None
    script: Path | None = None
    python: Path | None = None
    trust: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was begun: files that were written, or would be, and those that were there already.

    `others` are further models that could have been the entry; `pinned` what is read below.
    """

    tour: str
    entry: str
    stem: str
    written: tuple[str, ...]
    there: Mapping[str, str]
    traced: bool
    others: tuple[str, ...]
    pinned: Mapping[str, str]


def begin(place: str | None, settings: BeginSettings, choose: Choose | None = None) -> Beginning:
    """Begin a tour of the repository in the present folder; `choose` is asked among models.

    Raises:
        SrcreadError: there is no package or model, the tour is there, or the script fails.
    """
    here = Path.cwd()
    packages = packages_of(place, here)
    own = opened(packages, here)
    model, others = _model(own, settings.entry, here, choose)
    tour = settings.tour or suggest_stem(model.module.partition(".")[0])
    folder = Path("annotations") / tour
    if not is_stem(tour):
        raise SrcreadError(f"{tour!r} is no tour's name. Use small letters, digits and hyphens.")
    if folder.exists():
        raise SrcreadError(f"{folder.as_posix()!r} is there already. Name another with --tour.")
    index = Index(Sources(own))
    function = _function(index, model)
    pinned = _pinned(index, own, settings.python)
    begun, imports = _note(index, own, model, function, settings)
    top = model.module.partition(".")[0]
    texts = {
        f"{folder.as_posix()}/tour.toml": _tour_text(model, packages, pinned, imports),
        f"{folder.as_posix()}/{begun.stem}.md": begun.note,
        f"{folder.as_posix()}/{begun.stem}.py": begun.snippet,
    }
    if begun.scenario:
        texts[f"{folder.as_posix()}/scenarios/{_SCENARIO}.py"] = begun.scenario
    declared = ["."] if (here / "pyproject.toml").exists() or (here / "setup.py").exists() else []
    runs = " ".join([*declared, *(f"{name}=={version}" for name, version in pinned.items())])
    beside = files_of(tour, runs or top, bool(begun.scenario))
    there = {path: text for path, text in beside.items() if (here / path).exists()}
    texts |= {path: text for path, text in beside.items() if path not in there}
    written = list(texts)
    if not settings.dry:
        for path, text in texts.items():
            write_text(Path(path), text)
        code = code_of(folder, read_tour_file(folder), None)
        written += [path.as_posix() for path in accept_note(folder, begun.stem, code)]
    return Beginning(
        tour, model.entry, begun.stem, tuple(written), there, bool(begun.scenario), others, pinned
    )


def _model(
    own: Sequence[Distribution], entry: str | None, here: Path, choose: Choose | None
) -> tuple[Model, tuple[str, ...]]:
    """Return the model to begin with, and which others there are."""
    if entry is not None:
        (name, *more) = names_meant(entry, here, own) or (entry,)
        found = _defined(Index(Sources(own)), name)
        if more or found is None or not isinstance(found.node, ast.ClassDef):
            known = [one.entry for one in models_of(own)]
            near = did_you_mean(name, known) or f" Models are: {', '.join(known) or 'none'}."
            raise NotFoundError(f"{entry!r} is no class here.{near}")
        module = found.name.removesuffix(f".{found.node.name}")
        return Model(module, found.node.name, frozenset()), ()
    models = models_of(own)
    if not models:
        names = ", ".join(item.name for item in own)
        raise NotFoundError(
            f"In {names} is no nn.Module with a forward that nothing else makes. Name the class to "
            "begin with: --entry PACKAGE.MODULE:CLASS."
        )
    chosen = choose(models) if choose is not None and len(models) > 1 else models[0]
    return chosen, tuple(one.entry for one in models if one != chosen)


def _defined(index: Index, name: str) -> Defined | None:
    """Return a definition by its name, or by one that a package gives it."""
    dotted = name.replace(":", ".").removesuffix(".")
    if (found := index.defined(dotted)) is not None:
        return found
    last = dotted.rpartition(".")[2]
    modules = defining_modules(index, name)
    return next((it for one in modules if (it := index.defined(f"{one}.{last}"))), None)


def _function(index: Index, model: Model) -> ast.FunctionDef:
    found = index.defined(f"{model.module}.{model.name}.forward")
    if found is None or not isinstance(found.node, ast.FunctionDef):
        raise NotFoundError(
            f"{model.name} has no forward of its own. Name a class that has: --entry."
        )
    return found.node


def _pinned(index: Index, own: Sequence[Distribution], python: Path | None) -> Mapping[str, str]:
    """Return what is imported of the frameworks that are read below, with the versions here."""
    installed = Installed(search_path(python))
    modules = [module for item in own for module in index.sources.modules(item.name)]
    parsed = (index.module(name) for name in modules)
    imported = {item.package for each in parsed if each is not None for item in imports_of(each)}
    found = {name: installed.find(name) for name in _PINNED if name in imported}
    return {name: item.version for name, item in found.items() if item is not None and item.version}


def _note(
    index: Index,
    own: Sequence[Distribution],
    model: Model,
    function: ast.FunctionDef,
    settings: BeginSettings,
) -> tuple[Begun, tuple[str, ...]]:
    """Return the first note, and what its snippet imports beside what the tour reads."""
    symbol = f"{model.module}.{model.name}.forward"
    if settings.script is None:
        return note_of_text(symbol, model.name, function, _parts(index, model, function)), ()
    script = _text_of(settings.script)
    looking = looking_at(script, model.name)
    ran = _ran(probing(looking), model.name, own, settings)
    at = _place(index, symbol, function, [name.partition(".")[0] for name in ran.called])
    text = settings.script.name, script
    begun = note_of_run(symbol, at, model.name, looking, text, ran)
    return begun, _imports(begun.snippet)


def _place(index: Index, symbol: str, function: ast.FunctionDef, parts: Sequence[str]) -> str:
    """Return the selector of what calls these parts: from the first to the last, else of `def`."""
    defined = index.defined(symbol)
    calling = [
        one.lineno
        for one in function.body
        if any(isinstance(it, ast.Attribute) and it.attr in parts for it in ast.walk(one))
    ]
    if defined is None or not calling:
        return "def"
    module = index.module_of(symbol)
    assert module is not None  # it defines the symbol
    places = places_of(module.file.text, defined.symbol)
    found = [shortest(places, line) for line in dict.fromkeys((calling[0], calling[-1]))]
    ends = [one[0].selector for one in found if one]
    return " .. ".join(ends) if len(ends) == len(found) and ".." not in "".join(ends) else "def"


def _text_of(script: Path) -> str:
    try:
        text = read_plain(script).decode("utf-8")
        ast.parse(text)
    except FileNotFoundError:
        raise NotFoundError(f"There is no script {str(script)!r}.{near_path(script)}") from None
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError) as error:
        raise SrcreadError(f"{str(script)!r} cannot be read: {error}.") from None
    return text


def _ran(text: str, name: str, own: Sequence[Distribution], settings: BeginSettings) -> Ran:
    """Run a script that looks at its model, confined, and return what it saw."""
    planned = plan(
        [Job("begin", text, (), Depends(""))],
        distributions=(),
        levels=LEVELS,
        own=own_files_of(own),
        trusted=settings.trust,
    )
    (run,) = planned["runs"]
    with contextlib.closing(run_plan(planned, interpreter_of(settings.python))) as done:
        environment, outcome = next(done)
    judged = judge(
        run, outcome, planned["limits"], environment=environment, date="", depends=Depends("")
    )
    if said := [say(one) for one in judged.reasons if one.code is not ReasonCode.NO_CLAIM]:
        last = outcome["output"].rstrip().rpartition("\n")[2]
        more = f" It printed last: {last!r}." if last else ""
        raise SrcreadError(
            f"The script did not run to its end: {'; '.join(said)}.{more} It sees the package and "
            "its environment, and no other file of yours."
        )
    return ran_of(outcome["output"], name)


def _imports(snippet: str) -> tuple[str, ...]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(snippet)):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition(".")[0])
    return tuple(sorted(names))


def _parts(index: Index, model: Model, function: ast.FunctionDef) -> list[str]:
    """Return what a constructor keeps in `self`, in the order in which forward names it."""
    made = index.defined(f"{model.module}.{model.name}.__init__")
    kept = {
        target.attr
        for node in (ast.walk(made.node) if made is not None else ())
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Attribute)
    }
    bare = ast.FunctionDef(**{**dict(ast.iter_fields(function)), "decorator_list": []})
    whole = ast.Module([ast.copy_location(bare, function)], [])
    code = compile(ast.fix_missing_locations(whole), "forward", "exec", dont_inherit=True)
    inner = next(one for one in code.co_consts if hasattr(one, "co_names"))
    return [name for name in inner.co_names if name in kept]


def _tour_text(
    model: Model,
    packages: Mapping[str, str],
    pinned: Mapping[str, str],
    imports: Sequence[str],
) -> str:
    sources = "".join(f'{name} = "{place}"\n' for name, place in packages.items())
    rows = "".join(f'{name} = "{version}"\n' for name, version in pinned.items())
    below = f"\n[distributions]\n{rows}" if rows else ""
    known = {*packages, *pinned, *sys.stdlib_module_names}
    more = [name for name in imports if name not in known]
    listed = ", ".join(f'"{name}"' for name in more)
    also = f"\n[snippets]\nimports = [{listed}]\n" if more else ""
    return (
        f'title = "{model.name}, read from the top"\nentries = ["{model.entry}"]\n'
        f"\n[sources]\n{sources}{below}{also}"
    )
