"""The explained differences between our service and scim2-server, and the page that shows them.

``differences.json`` holds them; ``python -m tests.scim.differences`` writes the page anew.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.scim.differential import Difference

DATA = Path(__file__).with_name("differences.json")
PAGE = Path(__file__).parent.parent.parent / "docs" / "differences.md"
VERDICTS = ("ours is wrong", "ours is right", "both are right")


def explained() -> set[Difference]:
    """Return every difference that is explained."""
    return {_difference(entry) for entry in _data()["differences"]}


def rendered() -> str:
    """Return the page."""
    data = _data()
    lines = [*data["introduction"], ""]
    for verdict in VERDICTS:
        lines += _reasons(verdict, data)
    lines += ["## All differences", ""]
    lines += [
        "| Conversation | Step or request | Ours | scim2-server | Why |",
        "|---|---|---|---|---|",
    ]
    for entry in data["differences"]:
        cells = (*_cells(entry), ", ".join(entry["why"]))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _data() -> dict[str, Any]:
    """Return what the file holds."""
    found: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return found


def _difference(entry: dict[str, Any]) -> Difference:
    """Return an entry as a difference."""
    return Difference(entry["where"], entry["step"], entry["ours"], entry["theirs"])


def _reasons(verdict: str, data: dict[str, Any]) -> list[str]:
    """Return the lines of all reasons with this verdict, and how often each is met."""
    count = Counter(why for entry in data["differences"] for why in entry["why"])
    found = {
        name: reason for name, reason in data["reasons"].items() if reason["verdict"] == verdict
    }
    if not found:
        return []
    lines = [f"## {verdict[0].upper()}{verdict[1:]}", "", "| Why | Times | Explanation |"]
    lines += ["|---|---|---|"]
    lines += [f"| {name} | {count[name]} | {reason['text']} |" for name, reason in found.items()]
    return [*lines, ""]


def _cells(entry: dict[str, Any]) -> list[str]:
    """Return the cells that say where a difference is and what it is."""
    texts = [entry["where"], f"`{entry['step']}`", entry["ours"], entry["theirs"]]
    return [text.replace("|", "\\|").replace("<", "‹").replace(">", "›") for text in texts]


if __name__ == "__main__":
    PAGE.write_text(rendered(), "utf-8")
