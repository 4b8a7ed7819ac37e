"""The rare words of a sentence: by which a claim can be told to be about it.

Words of few letters and those that any sentence may have are left out; of a word in code, its
parts count too, and of Chinese every two characters in a row. This compares words, not meanings.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:\.\d+)*")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COMMON = frozenset(
    [
        "about",
        "above",
        "after",
        "again",
        "also",
        "always",
        "another",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "cannot",
        "come",
        "comes",
        "does",
        "done",
        "down",
        "each",
        "either",
        "else",
        "even",
        "every",
        "first",
        "from",
        "give",
        "gives",
        "given",
        "goes",
        "have",
        "hence",
        "here",
        "into",
        "itself",
        "just",
        "keep",
        "kept",
        "less",
        "like",
        "made",
        "make",
        "makes",
        "many",
        "more",
        "most",
        "much",
        "must",
        "neither",
        "never",
        "none",
        "nothing",
        "once",
        "only",
        "other",
        "others",
        "over",
        "same",
        "says",
        "second",
        "several",
        "shall",
        "should",
        "since",
        "some",
        "such",
        "than",
        "that",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "thing",
        "this",
        "those",
        "through",
        "thus",
        "under",
        "until",
        "upon",
        "used",
        "uses",
        "very",
        "were",
        "what",
        "when",
        "where",
        "whether",
        "which",
        "while",
        "whole",
        "whose",
        "will",
        "with",
        "within",
        "without",
        "would",
        "yet",
        "your",
    ]
)
_COMMON_WIDE = frozenset(
    [
        "一个",
        "这个",
        "那个",
        "这里",
        "那里",
        "所以",
        "因为",
        "如果",
        "但是",
        "而且",
        "并且",
        "或者",
        "可以",
        "不能",
        "不会",
        "没有",
        "就是",
        "还是",
        "只是",
        "也就",
        "以及",
        "其他",
        "它们",
        "我们",
        "自己",
        "什么",
        "怎么",
        "时候",
        "之后",
        "之前",
        "时才",
        "才会",
        "都是",
        "也是",
        "是由",
        "的是",
        "用的",
    ]
)
_ENDINGS = ("ations", "ation", "ings", "ing", "ions", "ion", "ers", "er", "ies", "ed", "es", "s")
_SHORTEST = 4


def rare_words(text: str) -> frozenset[str]:
    """Return the rare words of a text, in small letters and without their endings.

    Of "No key is masked by key_padding_mask" these are mask and padd.
    """
    words = map(stem, plain_words(text))
    wide = {run[place : place + 2] for run in _WIDE.findall(text) for place in range(len(run) - 1)}
    return frozenset({*words} | (wide - _COMMON_WIDE))


def plain_words(text: str) -> list[str]:
    """Return the rare words of a text as they stand, in small letters; none of Chinese."""
    parts = _CAMEL.sub(" ", text).replace("_", " ").lower()
    return [word for word in _WORD.findall(parts) if _is_rare(word)]


def _is_rare(word: str) -> bool:
    return word[0].isdigit() or (len(word) >= _SHORTEST and word not in _COMMON)


def stem(word: str) -> str:
    """Return a word without its ending, by which its forms are one: of "masked", mask."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word
