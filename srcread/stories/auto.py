"""The story of `read --run auto`: a script is made by rules, kept for the reader, and then runs.

What is made is plain Python in a file of the reader's, so that it can be edited and given to
`--run`. A file that is there is never written over. Where no rule leads to a model that runs, the
script that came furthest is kept, with the error at its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srcread.errors import NotFoundError, SrcreadError, near_path
from srcread.opening.meaning import Entry
from srcread.running.auto import Asked, Made, make, rules
from srcread.running.reading import Interpreter
from srcread.site.scenarios import MadeSmall
from srcread.support.files import read_plain

_ODD = re.compile(r"\W+")
_MOST_CHANGES = 4


@dataclass(frozen=True, slots=True)
class Auto:
    """What a model is made of by rules: settings instead of the defaults, and which sizes."""

    given: Mapping[str, Any] | None = None
    sizes: str = "tiny"


def script_for(entry: str) -> Path:
    """Return the file in which the script for an entry is kept.

    For example, that of `transformers.Qwen3ForCausalLM` is `run_Qwen3ForCausalLM.py`.
    """
    name = entry.rpartition(":")[2].removesuffix(".py").removesuffix(".forward")
    return Path(f"run_{_ODD.sub('_', re.split(r'[./]', name)[-1]).strip('_') or 'model'}.py")


def settings_given(text: str) -> Mapping[str, Any]:
    """Return the settings of `--config`: a file of JSON, or JSON itself.

    Raises:
        SrcreadError: there is no such file, or it holds no object of JSON.
    """
    inside, where = text, "--config"
    if not text.lstrip().startswith("{"):
        path, where = Path(text), repr(text)
        try:
            inside = read_plain(path).decode("utf-8")
        except FileNotFoundError:
            raise NotFoundError(f"There is no file {text!r}.{near_path(path)}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise SrcreadError(f"{text!r} cannot be read: {error}.") from None
    try:
        found = json.loads(inside)
    except ValueError as error:
        raise SrcreadError(f"{where} is no JSON: {error}.") from None
    if not isinstance(found, dict):
        raise SrcreadError(f"{where} holds no object of JSON, as a model's config.json does.")
    return found


def made_by_rules(
    auto: Auto, entry: Entry, interpreter: Interpreter, path: Path
) -> tuple[Made, Path | None]:
    """Make a script for an entry, and keep it; the path is None where another file is in the way.

    Raises:
        SrcreadError: no rule leads to a model that runs.
    """
    if len(entry.names) != 1:
        raise SrcreadError(f"--run auto makes one model: name one class of {entry.title!r}.")
    module, _, name = entry.names[0].partition(":")
    made = make(Asked(module, name, auto.given, auto.sizes), interpreter)
    if made.error:
        raise SrcreadError(_failure(entry, auto, made, path))
    return made, path if _kept(made.script, path) else None


def made_small(made: Made, sizes: str) -> MadeSmall:
    """Return how a model was made small, as pages say it: width and depth first.

    For example, `hidden_size` 32 instead of 4,096.
    """
    names = rules()["names"]
    told = [*names["hidden"], *names["count_of_layers"]]

    def weight(change: tuple[str, Any, Any]) -> tuple[int, int, float]:
        path, new, old = change
        above, _, name = path.rpartition(".")
        place = told.index(name) if name in told else len(told)
        return min(place, len(told)), len(above), -old / max(new, 1)

    counted = [one for one in made.changed if all(type(value) is int for value in one[1:])]
    sized = sorted((one for one in counted if not one[0].endswith(("_id", "_ids"))), key=weight)
    changes = [(name, f"{new:,}", f"{old:,}") for name, new, old in sized[:_MOST_CHANGES]]
    return MadeSmall(sizes, tuple(changes))


def _failure(entry: Entry, auto: Auto, made: Made, path: Path) -> str:
    """Keep the script that came furthest, and say what is to be finished in it."""
    said = f"--run auto makes no {entry.title} that runs: {made.error.rstrip('.')}."
    if made.step == "settings" and auto.given is None:
        said += " Its defaults make no model: --config gives it those of a checkpoint."
    if not made.script:
        return f"{said} Write a script that makes and calls it, and give it to --run."
    if not _kept(_with_error(made), path):
        return f"{said} What was tried is not kept, for {path} is there: name a file with --keep."
    return f"{said} {path} has what was tried: finish it, and give it to --run."


def _with_error(made: Made) -> str:
    """Return a script with its error as comments before the line that it came from."""
    lines = made.script.splitlines()
    at = min(made.line or len(lines), len(lines)) - 1
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    words = f"Here it fails: {made.error}"
    lines[at:at] = [f"{indent}# {part}" for part in _wrapped(words)]
    return "\n".join(lines) + "\n"


def _wrapped(words: str) -> list[str]:
    import textwrap

    return textwrap.wrap(words, 90)


def _kept(script: str, path: Path) -> bool:
    """Write a script where no other is; tell whether it is there now."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(script)
    except FileExistsError:
        return path.read_bytes() == script.encode("utf-8")
    except OSError as error:
        raise SrcreadError(f"{str(path)!r} cannot be written: {error.strerror}.") from None
    return True
