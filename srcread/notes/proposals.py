"""Labels for sentences that have none, proposed by words in common and marked with `?`.

A sentence gets the claim with which it shares the rarest words, if with any; a translation whose
statements are as many as its source's gets the labels of each in turn. Words in common prove
nothing, so `check` refuses a proposed label until a person has read it and deleted the sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from srcread.model import Basis, BasisKind, Step
from srcread.notes.format.footnotes import PROPOSED, define
from srcread.notes.sentences import Form, Sentence, sentences_of
from srcread.notes.words import plain_words, rare_words

_Labels = tuple[str, ...]


def propose(step: Step, text: str) -> str:
    """Return the text of a step's note with a proposed label behind each sentence without one.

    `text` is that of the note's file, whose lines are those of the note.
    """
    note = step.note
    sentences = sentences_of(note.body, note.body_line)
    found = _by_words(step, sentences, {})
    defined = {basis.text: basis.label for basis in note.bases}
    lines = _labelled(text, sentences, _labels(found, note.bases))
    new = _named(found, note.bases)
    added = [
        define(Basis(new[claim], BasisKind.CLAIM, claim)) for claim in new if claim not in defined
    ]
    if not added:
        return "\n".join(lines)
    gap = [] if note.bases else [""]
    return "\n".join(["\n".join(lines).rstrip("\n"), *gap, *added, ""])


def propose_translation(step: Step, language: str, text: str) -> str:
    """Return the text of a translation with a proposed label behind each sentence without one."""
    note, translation = step.note, step.translations[language]
    own = sentences_of(note.body)
    found = _by_words(step, own, {})
    named, names = _labels(found, note.bases), _named(found, note.bases)
    source = [one.labels or named[n] for n, one in enumerate(own) if one.states]
    sentences = sentences_of(translation.body, translation.body_line)
    if len(source) == sum(one.states for one in sentences):
        labels = iter(source)
        proposed = [next(labels) if one.states else () for one in sentences]
    else:
        carrying = {basis.text: basis.label for basis in note.bases} | names
        near = _by_words(step, sentences, translation.claims, carrying)
        proposed = [(carrying[claim],) if claim is not None else () for claim in near]
    return "\n".join(_labelled(text, sentences, proposed))


def _by_words(
    step: Step,
    sentences: Sequence[Sentence],
    words: Mapping[str, str],
    among: Collection[str] | None = None,
) -> list[str | None]:
    """Return for each sentence the claim that it is about, if it needs one and words tell.

    `words` are the claims in the language of the sentences; `among` are those that may be given.
    """
    said = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    claims = [claim for claim in said if among is None or claim in among]
    rare = {claim: rare_words(words.get(claim, claim)) for claim in claims}
    frequency = Counter(word for found in rare.values() for word in found)
    return [
        _nearest(one, rare, frequency) if one.states and not one.labels else None
        for one in sentences
    ]


def _nearest(
    one: Sentence, claims: Mapping[str, frozenset[str]], frequency: Counter[str]
) -> str | None:
    mine = rare_words(one.text)
    scores = {
        claim: sum(1 / frequency[word] for word in mine & words) for claim, words in claims.items()
    }
    best = max(scores, key=lambda claim: scores[claim], default=None)
    return best if best is not None and scores[best] > 0 else None


def _named(found: Sequence[str | None], bases: Sequence[Basis]) -> dict[str, str]:
    """Return a label for each claim: its footnote's, or a new one of its own rarest word."""
    names = {basis.text: basis.label for basis in bases if basis.kind is BasisKind.CLAIM}
    taken = {basis.label for basis in bases}
    claims = [claim for claim in dict.fromkeys(found) if claim is not None]
    frequency = Counter(word for claim in claims for word in set(plain_words(claim)))
    for claim in claims:
        if claim in names:
            continue
        words = [word for word in plain_words(claim) if word.isalpha()]
        word = min(words, key=lambda each: (frequency[each], -len(each), each), default="claim")
        label = next(name for name in (word, *_numbered(word)) if name not in taken)
        names[claim] = label
        taken.add(label)
    return {claim: names[claim] for claim in claims}


def _numbered(word: str) -> Sequence[str]:
    return [f"{word}-{number}" for number in range(2, 1000)]


def _labels(found: Sequence[str | None], bases: Sequence[Basis]) -> list[_Labels]:
    names = _named(found, bases)
    return [(names[claim],) if claim is not None else () for claim in found]


def _labelled(text: str, sentences: Sequence[Sentence], labels: Sequence[_Labels]) -> list[str]:
    """Return the lines of a file with labels written behind its sentences."""
    lines = text.split("\n")
    for one, names in reversed(list(zip(sentences, labels, strict=True))):
        if one.labels or not one.states or one.form is Form.LEAD:
            continue
        marks = "".join(f"[^{name.rstrip(PROPOSED)}{PROPOSED}]" for name in names)
        line = lines[one.end_line - 1]
        place = line.rfind(one.tail) + len(one.tail)
        if marks and one.tail in line:
            lines[one.end_line - 1] = line[:place] + marks + line[place:]
    return lines
