"""The text of a mail, made from its HTML."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset(
    "blockquote caption center div h1 h2 h3 h4 h5 h6 li ol p pre table tr ul".split()
)
APART = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "table", "ul", "ol", "blockquote"})
"""Blocks with an empty line around them."""


def text_of(html: str) -> str:
    """Return the words of some HTML, with the addresses of its links."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Reader(HTMLParser):
    """Gathers words and line breaks."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.link, self.link_begins = "", 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in BLOCKS:
            self._break(tag)
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("* ")
        elif tag == "hr":
            self.parts.append("\n----\n")
        elif tag == "img" and told.get("alt"):
            self.parts.append(told["alt"] or "")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "a":
            self.link, self.link_begins = told.get("href") or "", len(self.parts)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in BLOCKS:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        self.parts.append("\n\n" if tag in APART else "\n")

    def _end_link(self) -> None:
        """Write where a link leads, unless it says so itself."""
        said = "".join(self.parts[self.link_begins :]).strip()
        if self.link and self.link.removeprefix("mailto:") != said:
            self.parts.append(f" ({self.link})" if len(self.link) < 60 else f":\n{self.link}\n")
        self.link = ""
