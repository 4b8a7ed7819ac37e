"""An index of prose for each language, in `search/<language>/`: a folder that is published whole.

Each language has its own, so that a note that is edited in one costs the other nothing. Of
Pagefind's files only those are kept which `prose.js` loads: no part of its user interface, no
worker. Chinese and Japanese are indexed by character, and asked for by phrase: the words that
Pagefind's dictionary finds in a note are not those that a browser finds in what is typed (Chromium
takes 掩码 for two), and loading the dictionary costs four times the rest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import partial
from html import escape

from srcread.errors import SrcreadError
from srcread.site.data.layout import lay_out
from srcread.site.data.title import languages_of, plain
from srcread.site.rendering.theme import code_digest
from srcread.site.search.records import Record, records
from srcread.site.view import BundlePlan, TourView
from srcread.support.pagefind import Program, run

ENTRY = "pagefind-entry.json"
_KEPT = re.compile(
    r"pagefind\.js|pagefind\.[\w-]+\.pf_meta|wasm\.[\w-]+\.pagefind"
    r"|index/[\w-]+\.pf_index|fragment/[\w-]+\.pf_fragment"
)
_UNSPACED = ("zh", "ja")
_WIDE = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_BETWEEN = re.compile(
    rf"(?<={_WIDE})(?=\w)|(?<=\w)(?={_WIDE})|(?<=[\u3000-\u303f\uff00-\uffef])(?=\w)"
)
_NEEDED = (r"pagefind\.js", r".*\.pf_meta", r"wasm\..*", r"index/.*", r"fragment/.*")


def plan_prose(views: Sequence[TourView], program: Program) -> tuple[BundlePlan, ...]:
    """Plan the index of every language in which there are notes."""
    layouts = [lay_out(view) for view in views]
    named = dict.fromkeys(language for view in views for language in languages_of(view.tour))
    plans = []
    for language in named:
        found = records(layouts, language)
        if found:
            shown = json.dumps(
                (found, program.version, language, code_digest()), separators=(",", ":")
            )
            key = hashlib.sha256(shown.encode()).hexdigest()
            render = partial(_render, program, found, language)
            plans.append(BundlePlan(f"search/{language}/", language, key, render))
    return tuple(plans)


def _render(program: Program, found: Sequence[Record], language: str) -> Mapping[str, bytes]:
    pages = {f"{number:05}.html": _page(one, language) for number, one in enumerate(found)}
    written = run(program, pages)
    files = {name: data for name, data in written.items() if _KEPT.fullmatch(name)}
    for pattern in _NEEDED:
        if not any(re.fullmatch(pattern, name) for name in files):
            raise SrcreadError(f"{program.name} wrote no {pattern!r}. {program.remedy}")
    files[ENTRY] = _sorted(written.get(ENTRY, b""), program)
    return files


def _page(record: Record, language: str) -> bytes:
    """Write a record as a page that only Pagefind sees."""
    from srcread.site.escaping import visible
    from srcread.site.rendering.prose import paragraphs

    texts = [visible(plain(record.title)), *paragraphs(record.body), *map(visible, record.more)]
    body = "".join(f"<p>{escape(_BETWEEN.sub(' ', text))}</p>\n" for text in texts)
    known = "".join(
        f'<p data-pagefind-ignore data-pagefind-meta="{name}[data-value]" '
        f'data-value="{escape(visible(getattr(record, name)))}"></p>\n'
        for name in ("title", "address", "tour")
    )
    spoken = "unknown" if language.partition("-")[0] in _UNSPACED else escape(language)
    head = f'<!doctype html>\n<html lang="{spoken}"><body>\n'
    return f"{head}{body}{known}</body></html>\n".encode("utf-8", "replace")


def _sorted(entry: bytes, program: Program) -> bytes:
    """Write the index's list of languages in one order: Pagefind's differs from run to run."""
    try:
        return json.dumps(json.loads(entry), sort_keys=True, separators=(",", ":")).encode()
    except ValueError:
        raise SrcreadError(
            f"{program.name} wrote no readable {ENTRY!r}. {program.remedy}"
        ) from None
