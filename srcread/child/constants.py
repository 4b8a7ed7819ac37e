"""Objects in the place of constant texts: how code is given what no name in it stands for.

What calls a probe or a reporter calls a constant of its code. So nothing appears among the names,
locals or globals of a function, and a snippet cannot put another object in its place.
"""

from __future__ import annotations

import types
from collections.abc import Mapping


def replaced(code: types.CodeType, objects: Mapping[str, object]) -> types.CodeType:
    """Return a code, and the codes in it, with objects in the place of constant texts."""
    constants = []
    for item in code.co_consts:
        if isinstance(item, types.CodeType):
            item = replaced(item, objects)
        elif isinstance(item, str):
            item = objects.get(item, item)
        constants.append(item)
    return code.replace(co_consts=tuple(constants))
