"""srcread: a framework's source as a site that is read top-down, its notes confirmed by runs."""

from typing import TYPE_CHECKING

from srcread.about import VERSION

if TYPE_CHECKING:
    from srcread.api import (
        FindingsError,
        NotFoundError,
        OpenedTour,
        SrcreadError,
        call_graph,
        open_tour,
        read_evidence,
        say,
        standing,
    )

__version__ = VERSION

__all__ = [
    "FindingsError",
    "NotFoundError",
    "OpenedTour",
    "SrcreadError",
    "__version__",
    "call_graph",
    "open_tour",
    "read_evidence",
    "say",
    "standing",
]


def __getattr__(name: str) -> object:
    """Load the Python API when it is first asked for: a command needs little of it."""
    if name in __all__:
        import srcread.api

        return getattr(srcread.api, name)
    raise AttributeError(f"module 'srcread' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
