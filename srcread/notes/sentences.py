"""The sentences of a note's body, and the labels of what each stands on.

A sentence ends at a full stop, a question mark or an exclamation mark in front of a space, and at
a full-width one anywhere; code between backticks is part of one word. The footnotes behind its end
are its own, as are those within. A table's row is a sentence, its head is none. What introduces a
list or a table with a colon stands on what it introduces, unless it has labels of its own.

Nothing to stand on need a heading, a question, and a pointer: a sentence with a link to a step and
hardly a word beside it. Code blocks hold no sentences.
"""

# ruff: noqa: RUF001 - full-width punctuation ends sentences, too

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_CLOSING = "[\"')\\]*_”’」』）》]*"
_LABELS = r"(?P<labels>(?:\[\^[^\]\s]+\])*)"
_END = re.compile(
    rf"(?:(?P<stop>[.!?…]){_CLOSING}{_LABELS}(?=\s+[^a-z\s])"
    rf"|[。！？]{_CLOSING}{_LABELS.replace('labels', 'wide')})"
)
_LABEL = re.compile(r"\[\^([^\]\s]+)\]")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\]\(([^()\s]*)(?:\s+[^()]*)?\)")
_LINKED = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_LED = ("bullet_list", "ordered_list", "table")
_SHORT = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|vs|al|Dr)\.$")
_NUMBERED = re.compile(r"(?:^|[\s(])(?:No|Fig|Eq|Sec|Ch)\.\s+\d")
_ASKS = re.compile(rf"[?？]{_CLOSING}$")
_LEADS = re.compile(r"[:：]\s*$")
_WORD = re.compile(r"[^\W_]+(?:['’-]\w+)*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_MOST_BESIDE = 6
"""Words that may stand beside the link of a pointer; two wide characters count as one."""


class Form(Enum):
    """What a sentence is, which decides whether it must stand on something."""

    STATEMENT = "statement"
    ROW = "row"
    LEAD = "lead"
    """Introduces a list or a table."""
    QUESTION = "question"
    POINTER = "pointer"
    """Leads to another step, and says nothing more."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its words without markup, its labels, and the line that it begins at.

    `code` are its words between backticks. It ends in `end_line`, behind the text `tail`.
    """

    text: str
    labels: tuple[str, ...]
    line: int
    form: Form = Form.STATEMENT
    code: tuple[str, ...] = field(default=(), compare=False)
    end_line: int = field(default=0, compare=False)
    tail: str = field(default="", compare=False)

    @property
    def states(self) -> bool:
        """Whether it must stand on something."""
        return self.form not in (Form.QUESTION, Form.POINTER)


@lru_cache(maxsize=512)  # a note's are checked, and counted for its page
def sentences_of(body: str, first_line: int = 1) -> tuple[Sentence, ...]:
    """Return the sentences of a body in order: of `"It is.[^a] Is it?"` a statement, a question."""
    from markdown_it.tree import SyntaxTreeNode

    return tuple(_sentences(SyntaxTreeNode(_parser().parse(body)).children, first_line))


def labels_in(text: str) -> tuple[str, ...]:
    """Return the labels that stand in a text, each once: of `"It is.[^a][^b]"`, a and b."""
    return tuple(dict.fromkeys(_LABEL.findall(_mask(text))))


def without_labels(text: str) -> str:
    """Return a text without its footnotes, for where nothing can show them."""
    masked = _mask(text)
    pieces, start = [], 0
    for found in _LABEL.finditer(masked):
        pieces.append(text[start : found.start()])
        start = found.end()
    return "".join([*pieces, text[start:]])


def with_definitions(text: str, labels: Iterable[str]) -> str:
    """Return a text in which Markdown knows these labels, and nothing of what they say."""
    return "\n".join([text, "", *(f"[^{label}]: -" for label in labels)])


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _sentences(blocks: Sequence[SyntaxTreeNode], first_line: int) -> Iterator[Sentence]:
    for number, block in enumerate(blocks):
        match block.type:
            case "paragraph":
                after = blocks[number + 1 : number + 2]
                yield from _with_lead(list(_split(block, first_line)), after, first_line)
            case "tbody":
                yield from (_row(row, first_line) for row in block.children)
            case "thead" | "heading":
                continue
            case _:
                yield from _sentences(block.children, first_line)


def _with_lead(
    found: list[Sentence], after: Sequence[SyntaxTreeNode], first_line: int
) -> list[Sentence]:
    """Mark a paragraph's end that introduces the block after it, and place it on what that says."""
    if not (found and after and after[0].type in _LED and _LEADS.search(found[-1].text)):
        return found
    led = (label for one in _sentences(after, first_line) for label in one.labels)
    labels = found[-1].labels or tuple(dict.fromkeys(led))
    return [*found[:-1], replace(found[-1], form=Form.LEAD, labels=labels)]


def _split(paragraph: SyntaxTreeNode, first_line: int) -> Iterator[Sentence]:
    """Yield the sentences of a paragraph; its text is that of the file, line by line."""
    text = paragraph.children[0].content
    masked = _mask(text)
    begin = first_line + (paragraph.map[0] if paragraph.map else 0)
    start = 0
    for end in (*_ends(masked), len(text)):
        if text[start:end].strip():
            yield _sentence(text, masked, start, end, begin)
        start = end


def _ends(masked: str) -> Iterator[int]:
    for found in _END.finditer(masked):
        stop = found.end("stop")
        before = masked[max(stop - 6, 0) : stop]
        if stop < 0 or not (_SHORT.search(before) or _NUMBERED.search(masked, stop - 5, stop + 3)):
            yield found.end()


def _sentence(text: str, masked: str, start: int, end: int, begin: int) -> Sentence:
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end -= len(text[start:end]) - len(text[start:end].rstrip())
    piece = text[start:end]
    return Sentence(
        text=_plain(piece),
        labels=tuple(dict.fromkeys(_LABEL.findall(masked[start:end]))),
        line=begin + text.count("\n", 0, start),
        form=_form(piece),
        code=_code(piece),
        end_line=begin + text.count("\n", 0, end),
        tail=text[text.rfind("\n", 0, end) + 1 : end],
    )


def _row(row: SyntaxTreeNode, first_line: int) -> Sentence:
    cells = [cell.children[0].content if cell.children else "" for cell in row.children]
    line = first_line + (row.map[0] if row.map else 0)
    text = " | ".join(cells)
    return Sentence(
        text=_plain(text),
        labels=labels_in(text),
        line=line,
        form=Form.ROW,
        code=_code(text),
        end_line=line,
        tail=cells[-1],
    )


def _form(text: str) -> Form:
    bare = without_labels(text).strip()
    if _ASKS.search(bare):
        return Form.QUESTION
    targets = [link[1] for link in _LINK.finditer(bare)]
    if targets and all(target.startswith("#") for target in targets):
        beside = _LINKED.sub(" ", bare)
        words = len(_WORD.findall(_WIDE.sub(" ", beside))) + len(_WIDE.findall(beside)) / 2
        return Form.POINTER if words <= _MOST_BESIDE else Form.STATEMENT
    return Form.STATEMENT


def _plain(text: str) -> str:
    """Return the words of a piece of Markdown on one line, without footnotes, links and marks."""
    words = _LINKED.sub(lambda found: found[1], without_labels(text))
    return " ".join(re.sub(r"(?<!\\)[`*]|\\(?=[^\w\s])", "", words).split())


def _code(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for _, code in _CODE.findall(text))


def _mask(text: str) -> str:
    """Hide, at equal length, what is inside backticks, and where links lead."""
    text = _CODE.sub(lambda found: found[1] + "x" * len(found[2]) + found[1], text)
    return _LINK.sub(lambda found: ")" * len(found[0]), text)
