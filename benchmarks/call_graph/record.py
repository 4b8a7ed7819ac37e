"""The process that runs scenarios and records them: a request on stdin, a record on stdout.

It is a process of its own, so that what it imports and profiles is only what it is asked for. A
request without natives is answered with the names of all C functions that were called, whatever
alias a graph or another tool may know them by.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType

from .catalog import native_names
from .lines import Lines
from .natives import Natives
from .observed import Record, record_as_json
from .recorder import Recorder


def main() -> None:
    """Run the scenarios of the module that the request names, and write the record."""
    request = json.load(sys.stdin)
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sys.path += request.get("folders", [])
        _declare_operators()
        module = importlib.import_module(request["scenarios"])
        packages = [importlib.import_module(name) for name in request["packages"]]
        roots = {item.__name__: _root(item) for item in packages}
        names = request["natives"]
        natives = Natives(names if names is not None else native_names(), request["packages"])
        versions = {item.__name__: str(getattr(item, "__version__", "")) for item in packages}
        recorder = Recorder(roots, natives)
        prepare = getattr(module, "prepare", _prepare)
        record = record_scenarios(module.scenarios(), prepare, recorder, versions)
    json.dump(record_as_json(record if names is not None else _called(record)), sys.stdout)


def _declare_operators() -> None:
    if find_spec("torchvision") is not None:
        importlib.import_module(f"{__package__}.models.vision").declare_operators()


def _root(package: ModuleType) -> Path:
    """Return the folder that a package, or a module of a single file, lies in."""
    if hasattr(package, "__path__"):
        return Path(package.__path__[0]).parent
    assert package.__file__ is not None
    return Path(package.__file__).parent


def _prepare() -> None:
    """Make the next scenario's numbers the same in every run."""
    torch = importlib.import_module("torch")
    torch.manual_seed(0)
    torch.set_num_threads(1)


def _called(record: Record) -> Record:
    """Keep, of all names of C functions, those of the functions that were called."""
    called = {edge.callee for edge in record.edges}
    kept = {alias: name for alias, name in record.canonical.items() if name in called}
    return replace(record, canonical=kept)


def record_scenarios(
    scenarios: Mapping[str, Callable[[], object]],
    prepare: Callable[[], object],
    recorder: Recorder,
    versions: Mapping[str, str],
) -> Record:
    """Run each scenario after `prepare`, and return what they showed together."""

    def wanted(code: CodeType) -> bool:
        return recorder.code(code).definition is not None

    lines = Lines(wanted, recorder.is_importing)
    for recorder.scenario, scenario in scenarios.items():
        prepare()
        _run(scenario, recorder, lines)
    places = (recorder.code(code).definition for code in lines.whole())
    return Record(
        scenarios=tuple(scenarios),
        versions=versions,
        edges=recorder.observed(),
        names=recorder.names,
        links=tuple(sorted(recorder.links)),
        whole=frozenset(item.place for item in places if item is not None),
        canonical=recorder.natives.canonical,
    )


def _run(scenario: Callable[[], object], recorder: Recorder, lines: Lines) -> None:
    sys.settrace(lines.trace)
    sys.setprofile(recorder.profile)
    try:
        scenario()
    finally:
        sys.setprofile(None)
        sys.settrace(None)


if __name__ == "__main__":
    main()
