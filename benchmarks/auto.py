"""How many models `read --run auto` makes and runs by its rules, without any page.

    python -m benchmarks.auto ENTRIES --python ENVIRONMENT [--preload MODULE]... [-o TABLE]
    python -m benchmarks.auto causal.txt --python .venv --preload transformers.modeling_utils

ENTRIES is a file with an entry (`package.module:Class`) on each line. Each is tried as the command
tries it: confined, one attempt after the other, each in a process of its own. TABLE is written as
it grows, a line of JSON for each entry; what is in it already is not tried again. Printed are the
share that ran, the share of these in which all of the model's own classes ran, seconds, rungs, and
the errors of those that did not. Not for CI: it needs packages that srcread does not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from srcread.running.auto import Asked, make
from srcread.running.plan import NO_FILES
from srcread.running.reading import Interpreter, RunSettings
from srcread.sources import interpreter_of


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("entries", type=Path)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--preload", action="append", default=[])
    parser.add_argument("--sizes", choices=["tiny", "real"], default="tiny")
    parser.add_argument("-o", "--out", type=Path, default=Path("auto.jsonl"))
    asked = parser.parse_args(arguments)
    entries = [line for line in asked.entries.read_text("utf-8").split() if line]
    settings = RunSettings(python=interpreter_of(asked.python), trusted=True)
    own = {**NO_FILES, "script": str(Path("auto.py").absolute())}
    interpreter = Interpreter(own, ["torch", *asked.preload], settings)  # type: ignore[arg-type] # a dict
    try:
        rows = _rows(entries, asked.out, asked.sizes, interpreter)
    finally:
        interpreter.close()
    for line in _report(rows):
        print(line)


def _rows(
    entries: Iterable[str], out: Path, sizes: str, interpreter: Interpreter
) -> list[dict[str, Any]]:
    known = (
        [json.loads(line) for line in out.read_text("utf-8").splitlines()] if out.exists() else []
    )
    rows = {row["entry"]: row for row in known}
    with out.open("a", encoding="utf-8") as file:
        for entry in entries:
            if entry in rows:
                continue
            module, _, name = entry.partition(":")
            began = time.monotonic()
            made = make(Asked(module, name, sizes=sizes), interpreter)
            row = {"entry": entry, **asdict(made), "seconds": round(time.monotonic() - began, 2)}
            rows[entry] = row
            file.write(json.dumps(row) + "\n")
            file.flush()
    return [rows[entry] for entry in entries]


def _report(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    ran = [row for row in rows if not row["error"]]
    whole = [row for row in ran if not row["idle"]]
    yield f"{len(ran)} of {len(rows)} ran ({len(ran) / max(len(rows), 1):.0%})"
    yield f"of these all own classes of the model in {len(whole)}"
    if ran:
        seconds = sorted(row["seconds"] for row in ran)
        yield (
            f"seconds: median {statistics.median(seconds):.2f}, "
            f"p90 {seconds[len(seconds) * 9 // 10]:.2f}"
        )
        yield f"rungs: {dict(Counter(row['rung'] for row in ran).most_common())}"
    for row in rows:
        if row["error"]:
            yield f"  {row['entry']}  [{row['rung']}, {row['step']}] {row['error'][:160]}"


if __name__ == "__main__":
    main()
