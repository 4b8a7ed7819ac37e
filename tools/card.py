"""Draw `templates/card.png`, the picture that previews of links show.

It is drawn once and kept: letters differ from machine to machine, and a build gives the same bytes
everywhere. Needs Chromium and playwright.

    python tools/card.py
"""

from __future__ import annotations

import shutil

from srcread.support.resources import resources

LINES = (62, 48, 74, 0, 40, 86, 66, 54, 0, 70, 32)
"""The lengths of lines of code, in hundredths of their column."""
NOTED = range(4, 7)
PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ box-sizing: border-box; margin: 0 }}
body {{ width: 1200px; height: 630px; padding: 72px 80px; background: #fcfcfa; color: #1d2327;
  font-family: "Noto Sans", "DejaVu Sans", sans-serif; display: grid;
  grid-template-columns: 28rem 1fr; gap: 48px }}
h1 {{ font-size: 76px; letter-spacing: -.02em }}
p {{ margin-top: 20px; font-size: 28px; line-height: 1.4; color: #566069 }}
.note {{ margin-top: 54px; padding: 22px 26px; border-left: 6px solid #0a6a6f; background: #e6f2f0;
  color: #0a6a6f; font-size: 26px }}
.code {{ border-left: 2px solid #d9dcd8; padding: 12px 0 }}
.line {{ height: 42px; padding: 13px 24px }}
.line i {{ display: block; height: 16px; border-radius: 8px; background: #c3c9c9 }}
.noted {{ background: #e6f2f0; box-shadow: inset 6px 0 #0a6a6f }}
.noted i {{ background: #0a6a6f }}
</style><div><h1>srcread</h1><p>Source code, read from the top,
beside notes that a run has confirmed.</p><div class="note">✓ confirmed</div>
</div><div class="code">{lines}</div>"""


def main() -> None:
    """Take a picture of a page that is made for it."""
    from playwright.sync_api import sync_playwright

    lines = "".join(
        f'<div class="line{" noted" if number in NOTED else ""}">'
        f'<i style="width: {length}%"></i></div>'
        for number, length in enumerate(LINES)
    )
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(PAGE.format(lines=lines))
        page.screenshot(path=resources("templates") / "card.png")
        browser.close()


if __name__ == "__main__":
    main()
