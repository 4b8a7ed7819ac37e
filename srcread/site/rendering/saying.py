"""What templates say of values: reasons, what confined a run, what a control changes, an equation.

Values become sentences of the page's language; what is not in it is marked as English.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from srcread.evidence.sentences import Fragment, Sentences, confinement, fragments, operator
from srcread.model import Confinement, Reason
from srcread.site.data.equations import EquationView
from srcread.site.escaping import visible

SIGNS = {"run": "●", "equivalent": "◐", "read": "○", "cited": "↗", "open": "◌", "none": ""}
"""What stands behind a sentence, by what it stands on."""


def reason(value: Reason, sentences: Sentences) -> Markup:
    """Say a reason.

    For example, `symbol-changed` of `torch.relu` is in Chinese
    `<span lang="en">torch.relu</span> 有改动`.
    """
    return _marked(fragments(value, sentences))


def said_of(
    one: EquationView, words: Mapping[str, str], sentences: Sentences
) -> tuple[str, str, str]:
    """Return an equation's name, a sign that leads to its claim, and its standing in words."""
    sign = Markup('<a class="mark by-{}" href="#{}" aria-label="{}">{}</a>').format(
        one.kind, one.target, words[f"mark_{one.kind}"], SIGNS[one.kind]
    )
    standing = Markup('<span class="standing {}">{}</span>')
    return one.name, sign, standing.format(one.status, reason(one.reason, sentences))


def confined(held: tuple[Confinement, ...], sentences: Sentences) -> Markup:
    """Say what confined a run."""
    return _marked(confinement(held, sentences))


def changed(name: str, sentences: Sentences) -> Markup:
    """Say what an operator of controls changes."""
    return _marked(operator(name, sentences))


def _marked(pieces: Iterable[Fragment]) -> Markup:
    """Mark what is not in the page's language as English.

    An author's claim and Python's own message stand as they were written; names too.
    """
    return Markup("").join(map(_piece, pieces))


def _piece(piece: Fragment) -> Markup:
    text = escape(visible(piece.text))
    if piece.own or not any(character.isalpha() for character in piece.text):
        return text  # a number is of no language
    return Markup('<span lang="en">{}</span>').format(text)
