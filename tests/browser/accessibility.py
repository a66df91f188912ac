"""What axe finds wrong with a page, and whether anything scrolls sideways."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text("utf-8")


def violations(page: Page) -> list[Any]:
    """Return what axe finds: the rule, and the elements that break it.

    It comes in through the debugger: the pages' own policy lets no foreign script in.
    """
    debugger = page.context.new_cdp_session(page)
    debugger.send("Runtime.evaluate", {"expression": _axe()})
    call = f"axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(r => JSON.stringify("
    call += "r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 200))])))"
    found = debugger.send("Runtime.evaluate", {"expression": call, "awaitPromise": True})
    debugger.detach()
    return list(json.loads(found["result"]["value"]))


def sideways(page: Page) -> int:
    """Return by how many pixels a page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
