"""Templates, assets and words: read once, digested for the pages' keys, rendered with jinja2.

A file in an earlier folder stands before one of the same name in a later one. The last folder's
files also answer to `srcread/NAME`, so that a user's `function.html` can extend srcread's own.
jinja2 gets the very bytes that the digest was taken of.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcread.about import PACKAGE, VERSION
from srcread.errors import SrcreadError, did_you_mean
from srcread.evidence.sentences import TABLES, Sentences, sentences_of
from srcread.site.escaping import tag_free

if TYPE_CHECKING:
    from jinja2 import Environment

_CODE = (Path(__file__).parents[1], Path(PACKAGE) / "equations")
_OF_FUNCTIONS = (
    *("base.html", "tour.html", "function.html"),
    *("parts.html", "grids.html", "note.html", "runs.html"),
)
_TOOLS = ("jinja2", "markdown_it_py", "markupsafe", "mdurl", "nh3", "pygments")


class Words(dict[str, str]):
    """Words by their keys; templates find them as attributes, too, as fast as any."""

    def __init__(self, words: Mapping[str, str]) -> None:
        super().__init__(words)
        vars(self).update({key: word for key, word in words.items() if not hasattr(dict, key)})


OWN_RUN = "own-run"
"""The kind of a site of a reader's own run: there is one, and no scenario."""


class Theme:
    """The look of a site. Making one reads files; jinja2 is imported with the first page.

    Words of a `kind` of site, in `KIND.LANGUAGE.toml`, stand before those of all sites.
    """

    def __init__(self, folders: Sequence[Path], kind: str = "") -> None:
        """Read the templates of these folders; an earlier one wins, srcread's own is the last.

        Raises:
            SrcreadError: there is no such folder.
        """
        if not folders:
            raise SrcreadError("No folder of templates was given. Name srcread's own last.")
        self.files = _read(folders)
        self.digest = _digest({**self.files, "kind": kind.encode()})
        self._kind = kind
        self._words: dict[str, Mapping[str, str]] = {}
        self._sentences: dict[str, Sentences] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of which there are words."""
        names = (name.split(".") for name in self.files)
        return tuple(sorted(parts[1] for parts in names if parts[0] == "words" and parts[2:]))

    def asset(self, name: str) -> bytes:
        """Return a file as it is."""
        if name not in self.files:
            hint = did_you_mean(name, self.files)
            raise SrcreadError(f"The templates have no file {name!r}.{hint} Put it back.")
        return self.files[name]

    def words(self, language: str) -> Mapping[str, str]:
        """Return the site's own words in a language; what it lacks is taken from English."""
        if language not in self._words:
            self._read_words(language)
        return self._words[language]

    def sentences(self, language: str) -> Sentences:
        """Return the sentences that reasons are said in; what is lacking is said in English."""
        if language not in self._words:
            self._read_words(language)
        return self._sentences[language]

    @cached_property
    def terms(self) -> bytes:
        """What the search knows of words, as a script."""
        table = {**self._table("srcread/terms.toml"), **self._table("terms.toml")}
        glossary: dict[str, list[str]] = {}
        for term, english in table["glossary"].items():
            glossary.setdefault(english.replace(" ", "_"), []).append(term)
        values = {
            "stop": " ".join(table["stop"].split()),
            "same": table["same"],
            "filler": " ".join(table["filler"].split()),
            "glossary": [" ".join(line) for line in sorted([k, *v] for k, v in glossary.items())],
        }
        text = tag_free(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
        return f"window.srcreadTerms = {text};\n".encode()

    def prepare(self, sources: Iterable[str]) -> None:
        """Do what pages of these Python sources would begin with, for one who has to wait anyway.

        What is wrong with a template is said when a page is rendered.
        """
        from jinja2 import TemplateError

        import srcread.site.rendering.compose  # noqa: F401  # the pages find it imported
        from srcread.site.rendering.code import lexed

        with suppress(TemplateError):
            for name in _OF_FUNCTIONS:
                self._environment.get_template(name)
        for text in sources:
            lexed(text)

    def render(self, template: str, values: Mapping[str, Any]) -> bytes:
        """Render a page.

        Raises:
            SrcreadError: a template is broken or missing, or asks for a value that no page has.
        """
        from jinja2 import TemplateError, TemplateSyntaxError

        try:
            return self._environment.get_template(template).render(values).encode()
        except TemplateError as error:
            place = f"{error.name}:{error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
            raise SrcreadError(
                f"The template {place or template!r} cannot be rendered: {error.message}. "
                "Compare it with srcread's own of that name."
            ) from error

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import DictLoader, StrictUndefined

        from srcread.site.rendering.compiled import CompiledTemplates
        from srcread.site.rendering.kept import Kept
        from srcread.site.rendering.lean import LeanEnvironment
        from srcread.site.rendering.prose import filters, finalize

        texts = {name: data.decode() for name, data in self.files.items() if _is_template(name)}
        environment = LeanEnvironment(
            finalize,
            loader=DictLoader(texts),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=CompiledTemplates(code_digest()),
            extensions=[Kept],
        )
        environment.filters.update(filters())
        return environment

    def _read_words(self, language: str) -> None:
        name = f"words.{language}.toml"
        english = self._table("words.en.toml")
        own = self._table(name) if name in self.files else {}
        kind = f"{self._kind}.{language}.toml"
        words = {**english, **own, **(self._table(kind) if kind in self.files else {})}
        told = {key: str(value) for key, value in words.items() if key not in TABLES}
        self._words[language] = Words(told)
        fallback = sentences_of(self._table("srcread/words.en.toml"), english)
        self._sentences[language] = (
            fallback if language == "en" else sentences_of(own, fallback=fallback)
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        try:
            return _read_table(self.asset(name))
        except ValueError as error:
            raise SrcreadError(f"The templates' {name!r} is not valid TOML: {error}.") from None


@lru_cache(maxsize=16)  # a language's words are those of English where it lacks some
def _read_table(data: bytes) -> Mapping[str, Any]:
    import tomllib

    return tomllib.loads(data.decode())


@cache
def code_digest() -> str:
    """Digest what makes pages, which changes under one version in a checkout, and its tools."""
    total = hashlib.sha256(VERSION.encode())
    for path in code_files():
        total.update(f"\n{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode())
    total.update("\n".join(_tool_versions()).encode())
    return total.hexdigest()


def code_files() -> list[Path]:
    """Return the files of code that may take part in making a page: maps, margins, equations."""
    return sorted(path for folder in _CODE for path in folder.rglob("*.py"))


def _read(folders: Sequence[Path]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for place, folder in enumerate(folders, 1):
        if not folder.is_dir():
            raise SrcreadError(f"The templates' folder {str(folder)!r} does not exist. Make it.")
        for path in sorted(folder.iterdir()):
            if path.suffix in {".html", ".css", ".js", ".png", ".toml"} and path.is_file():
                data = path.read_bytes()
                files.setdefault(path.name, data)
                if place == len(folders):
                    files["srcread/" + path.name] = data
    return files


def _digest(files: Mapping[str, bytes]) -> str:
    """Digest what every page depends on: templates, the site's code, the tools' versions."""
    total = hashlib.sha256(code_digest().encode())
    for name, data in sorted(files.items()):
        total.update(f"\n{name} {hashlib.sha256(data).hexdigest()}".encode())
    return total.hexdigest()


def _tool_versions() -> list[str]:
    """Read versions off the names of metadata folders: importing the tools would cost 100 ms."""
    found: dict[str, str] = {}
    for entry in sys.path:
        try:
            names = [path.name for path in Path(entry).iterdir()] if entry else []
        except OSError:
            continue
        for name in sorted(names):
            tool, _, rest = name.partition("-")
            if rest.endswith(".dist-info") and tool.lower() in _TOOLS:
                found.setdefault(tool.lower(), name.lower())
    return sorted(found.values())


def _is_template(name: str) -> bool:
    return name.endswith(".html")
