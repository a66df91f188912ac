"""What a page leads to: its links, and where its forms go."""

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from django.urls import resolve


class Links(HTMLParser):
    """The addresses on a page: those that are opened, and those that a form is sent to."""

    def __init__(self, html: str, address: str) -> None:
        """Read a page, opened at ``address``."""
        super().__init__()
        self._base = address
        self._method = ""
        self.opened: set[str] = set()
        self.sent_to: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take what leads somewhere."""
        found = dict(attributes)
        if tag == "form":
            self._method = (found.get("method") or "get").lower()
            self._add(found.get("action") or "")
        elif tag == "a" and not (found.get("href") or "#").startswith("#"):
            self._method, before = "get", self._method
            self._add(found["href"] or "")
            self._method = before
        elif found.get("formaction"):
            self._add(found["formaction"] or "")

    def _add(self, address: str) -> None:
        """Take an address of this site."""
        whole = urldefrag(urljoin(self._base, address)).url
        if self._method == "dialog" or not whole.startswith("/") or whole.startswith("/static/"):
            return
        (self.sent_to if self._method == "post" else self.opened).add(whole)


def name_of(address: str) -> str:
    """Return the name of the page at an address."""
    return resolve(address.partition("?")[0]).url_name or ""
