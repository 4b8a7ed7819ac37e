"""Environments of Python that tests make."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def venv(folder: Path, site: Path) -> Path:
    """Make an environment without pip, whose interpreter finds what lies in `site`."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib*/**/site-packages"), folder / "Lib" / "site-packages")
    (packages / "site.pth").write_text(f"{site}\n")
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
