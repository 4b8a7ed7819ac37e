"""What the patterns of a `match` statement bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def captures(
    pattern: ast.pattern, *, whole: bool = True
) -> Iterator[tuple[str, ast.pattern | None]]:
    """Yield the names that a pattern binds, each with the pattern that its value matches.

    None stands for the whole subject under no pattern, as in `case other:`. `whole` is False for
    parts of a subject.
    """
    match pattern:
        case ast.MatchAs(name=str(name)):
            plain = pattern.pattern is None and whole
            yield name, None if plain else pattern.pattern or pattern
        case ast.MatchStar(name=str(name)):
            yield name, pattern
        case ast.MatchMapping(rest=str(name)):
            yield name, pattern
    for inner in ast.iter_child_nodes(pattern):
        if isinstance(inner, ast.pattern):
            yield from captures(inner, whole=whole and isinstance(pattern, ast.MatchOr))
