"""Which HTML a mail may hold: an allow-list of tags, attributes, styles and addresses.

What is typed is refused with a sentence that names what is wrong, never mended in silence. What is
sent is cleaned by nh3 all the same.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _

from scim_provisioning.settings.substitution import substitute

TAGS = frozenset(
    "a abbr b blockquote br caption center code div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s "
    "small span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
EVERYWHERE = frozenset(
    "align bgcolor border cellpadding cellspacing class colspan dir height lang role rowspan scope "
    "style title valign width".split()
)
OWN: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt"}),
    "ol": frozenset({"start", "type"}),
}
ADDRESSES = frozenset({"href", "src"})
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
STYLES = frozenset(
    "background background-color border border-bottom border-collapse border-color border-left "
    "border-radius border-right border-spacing border-style border-top border-width color display "
    "font font-family font-size font-style font-weight height letter-spacing line-height "
    "list-style margin margin-bottom margin-left margin-right margin-top max-width min-width "
    "overflow-wrap padding padding-bottom padding-left padding-right padding-top text-align "
    "text-decoration text-transform vertical-align white-space width word-break".split()
)
BLOCKED = ("<script", "javascript:", "vbscript:", "@import", "expression(", "-moz-binding")
"""Strings that no mail may hold, wherever they stand."""
BLOCKED_IN_STYLES = ("url(", "\\", "/*", *BLOCKED)
MOST_REASONS = 5
VARIABLE = re.compile(r"\$\{[^{}]*\}")
SPACES = re.compile(r"[\s\x00]+")


def cleaned(html: str) -> str:
    """Return HTML without anything that is not allowed."""
    return _CLEANER.clean(html)


def reasons_against(html: str, samples: Mapping[str, str]) -> list[str]:
    """Return why HTML is refused, most important first; ``samples`` fill its variables in."""
    blocked = SPACES.sub("", html).lower()
    found = [_("“%s” is not allowed.") % text for text in BLOCKED if text in blocked]
    found += _read(html).reasons
    return list(dict.fromkeys(found))[:MOST_REASONS] or _lost(substitute(html, samples))


def _lost(html: str) -> list[str]:
    """Return what a browser would not read as it is written: nothing may vanish on the way."""
    before, after = _read(html), _read(cleaned(html))
    for tag in before.elements - after.elements:
        return [_("<%s> cannot stand where it stands, or is not closed where it must be.") % tag]
    if SPACES.sub("", before.words) != SPACES.sub("", after.words):
        return [_("This is not complete HTML: a tag, a quotation mark or an address is cut off.")]
    return []


class _Reader(HTMLParser):
    """One reading of some HTML: its elements, its words, and the reasons against it."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.texts: list[str] = []
        self.reasons: list[str] = []

    @property
    def words(self) -> str:
        return " ".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        if tag not in TAGS:
            self.reasons.append(_("The tag <%s> is not allowed.") % tag)
            return
        for name, value in attrs:
            self.reasons.extend(_against(tag, name, value or ""))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.reasons.append(_("Comments (<!-- … -->) are not allowed."))

    def handle_decl(self, decl: str) -> None:
        self._declaration()

    def unknown_decl(self, data: str) -> None:
        self._declaration()

    def handle_pi(self, data: str) -> None:
        self._declaration()

    def _declaration(self) -> None:
        self.reasons.append(_("Write what stands in the body: the portal adds the rest."))


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def _against(tag: str, name: str, value: str) -> Iterator[str]:
    """Yield why an attribute is refused."""
    if name not in EVERYWHERE | OWN.get(tag, frozenset()):
        yield _("The attribute %(name)s of <%(tag)s> is not allowed.") % {"name": name, "tag": tag}
    elif name in ADDRESSES and not _may_lead(value):
        yield _(
            "%(name)s of <%(tag)s> must be a whole address, such as https://…, not “%(value)s”."
        ) % {
            "name": name,
            "tag": tag,
            "value": value[:80],
        }
    elif name == "style":
        yield from _against_style(value)


def _may_lead(address: str) -> bool:
    """Tell whether an address is a whole one, or one that a variable begins."""
    scheme, colon, _rest = address.strip().partition(":")
    return bool(VARIABLE.match(address.strip())) or (bool(colon) and scheme.lower() in SCHEMES)


def _against_style(style: str) -> Iterator[str]:
    folded = SPACES.sub("", style).lower()
    for text in BLOCKED_IN_STYLES:
        if text in folded:
            yield _("“%s” is not allowed in a style.") % text
    for declaration in style.split(";"):
        name = declaration.partition(":")[0].strip().lower()
        if name and name not in STYLES:
            yield _("The style %s is not allowed.") % name[:40]


def _filter(_tag: str, name: str, value: str) -> str | None:
    """Return what is kept of an attribute: of a style nothing, if any of it could load or run."""
    if name != "style":
        return value
    folded = SPACES.sub("", value).lower()
    return None if any(text in folded for text in BLOCKED_IN_STYLES) else value


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"*": set(EVERYWHERE)} | {tag: set(names) for tag, names in OWN.items()},
    attribute_filter=_filter,
    link_rel=None,
    url_schemes=set(SCHEMES),
    url_relative="deny",
    filter_style_properties=set(STYLES),
)
