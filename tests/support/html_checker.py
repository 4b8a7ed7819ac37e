"""The W3C's checker of HTML, where `SRCREAD_VNU` names its `vnu.jar`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

VNU = Path(os.environ.get("SRCREAD_VNU", "vnu.jar"))


def errors(*pages: Path) -> list[str]:
    """Return what the checker calls an error, warnings left out: of those its policy is one."""
    command = ["java", "-Xss8m", "-jar", str(VNU), "--errors-only", "--format", "json", "--stdout"]
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True)
    found = json.loads(done.stdout)["messages"]
    return [f"{Path(one['url']).name}: {one['message']}" for one in found if one["type"] == "error"]
