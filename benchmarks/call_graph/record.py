"""The process that runs scenarios and records them: a request on stdin, a record on stdout.

It is a process of its own, so that what it imports and profiles is only what it is asked for.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from types import CodeType

from .lines import Lines
from .natives import Natives
from .observed import Record, record_as_json
from .recorder import Recorder


def main() -> None:
    """Run the scenarios of the module that the request names, and write the record."""
    request = json.load(sys.stdin)
    with redirect_stdout(sys.stderr), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(request["scenarios"])
        packages = [importlib.import_module(name) for name in request["packages"]]
        roots = {item.__name__: Path(item.__path__[0]).parent for item in packages}
        natives = Natives(request["natives"], request["packages"])
        versions = {item.__name__: str(getattr(item, "__version__", "")) for item in packages}
        recorder = Recorder(roots, natives)
        record = record_scenarios(module.scenarios(), module.prepare, recorder, versions)
    json.dump(record_as_json(record), sys.stdout)


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
