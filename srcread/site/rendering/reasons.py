"""Reasons on a page: in the reader's language, with what is not in it marked as English.

An author's claim and Python's own message stand as they were written; names too.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from srcread.evidence.sentences import Fragment, Sentences, confinement, fragments, operator
from srcread.model import Confinement, Reason
from srcread.site.escaping import visible


def reason(value: Reason, sentences: Sentences) -> Markup:
    """Say a reason.

    For example, `symbol-changed` of `torch.relu` is in Chinese
    `<span lang="en">torch.relu</span> 有改动`.
    """
    return _marked(fragments(value, sentences))


def confined(held: tuple[Confinement, ...], sentences: Sentences) -> Markup:
    """Say what confined a run."""
    return _marked(confinement(held, sentences))


def changed(name: str, sentences: Sentences) -> Markup:
    """Say what an operator of controls changes."""
    return _marked(operator(name, sentences))


def _marked(pieces: Iterable[Fragment]) -> Markup:
    return Markup("").join(map(_piece, pieces))


def _piece(piece: Fragment) -> Markup:
    text = escape(visible(piece.text))
    if piece.own or not any(character.isalpha() for character in piece.text):
        return text  # a number is of no language
    return Markup('<span lang="en">{}</span>').format(text)
