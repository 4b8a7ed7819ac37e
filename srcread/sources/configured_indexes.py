"""Which package indexes to ask, and in which order: what pip or uv would ask here, read, not run.

One tool decides, never a mixture of the two, which neither would ask. The first of these that names
an index, or a place of links, or switches indexes off, is the tool:

1. uv's variables: UV_DEFAULT_INDEX, UV_INDEX_URL, UV_INDEX, UV_EXTRA_INDEX_URL, UV_FIND_LINKS, and
   the file that UV_CONFIG_FILE names
2. pip's: PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, PIP_CONFIG_FILE's file
3. uv's files, which are described in `uv_config`
4. pip's files, which are described in `pip_config`

Variables come before files because a user sets them for a purpose, and a file may have come with
the machine. The tool's own files count beneath its variables. Where nothing is configured the
index is pypi.org's, the one default of both tools (pip's documentation of `--index-url`, uv's of
`default-index`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from srcread.sources.index_settings import IndexSettings
from srcread.sources.pip_config import read_pip_settings
from srcread.sources.uv_config import read_uv_settings

_UV_VARIABLES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX_URL",
    "UV_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_CONFIG_FILE",
)
_PIP_VARIABLES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_NO_INDEX",
    "PIP_CONFIG_FILE",
)


def read_index_settings(
    environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> IndexSettings:
    """Return where to look, by the order of this module.

    `environment` is the process's own by default, and `folder`, from which uv looks for a project's
    files, the current one.

    Raises:
        SourceError: a configuration file or value that the tool would refuse, too.
    """
    variables = os.environ if environment is None else environment
    here = folder or Path.cwd()
    if any(variables.get(name, "").strip() for name in _UV_VARIABLES):
        settings = read_uv_settings(variables, here)
        if settings.configured:
            return settings
    if any(variables.get(name, "").strip() for name in _PIP_VARIABLES):
        settings = read_pip_settings(variables)
        if settings.configured:
            return settings
    settings = read_uv_settings(variables, here)
    return settings if settings.configured else read_pip_settings(variables)
