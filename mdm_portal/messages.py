"""The catalogues of messages: what the code says, gathered and compiled without gettext's tools.

The page of the admin API says what docstrings say, too, and descriptions of parameters; its
document tells which.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from mdm_portal.api.reference import sentences
from mdm_portal.runtime import BASE

LANGUAGES = ("es", "fr")
ROOMS = ("audit", "mdm_portal", "scim_provisioning")
TEMPLATES = ("*.html", "*.txt")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

Key = tuple[str | tuple[str, ...], str | None]


class Messages(Catalog):
    """A catalogue whose head has no date and no version, so that only messages change it."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """Return the head: what a reader of the file needs to know, nothing else."""
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


@dataclass(frozen=True)
class Outcome:
    """What an update found in one language."""

    language: str
    total: int
    missing: list[str]


def folder(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return BASE / "locale" / language / "LC_MESSAGES"


def in_code() -> list[Key]:
    """Return every message of the code, as (text or texts, context), in a stable order."""
    singular: dict[tuple[str, str], Key] = {}
    for texts, context in _extracted():
        first = texts if isinstance(texts, str) else texts[0]
        if first and (not isinstance(texts, str) or (first, context or "") not in singular):
            singular[(first, context or "")] = (texts, context)
    return [singular[name] for name in sorted(singular)]


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it was last written; empty when there is none."""
    file = folder(language) / "django.po"
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as lines:
        return read_po(lines, locale=language, ignore_obsolete=True, abort_invalid=True)


def merged(language: str) -> Messages:
    """Return the messages of the code with the translations that are known."""
    known = read(language)
    fresh = Messages(locale=language, header_comment="", fuzzy=False)
    for texts, context in in_code():
        first = texts if isinstance(texts, str) else texts[0]
        old = known.get(first, context)
        kept = old.string if old and isinstance(old.string, str) == isinstance(texts, str) else ""
        fresh.add(texts, kept, context=context)
    return fresh


def update() -> list[Outcome]:
    """Write and compile the catalogue of every language; return what is still to translate."""
    outcomes = []
    for language in LANGUAGES:
        catalogue = merged(language)
        folder(language).mkdir(parents=True, exist_ok=True)
        (folder(language) / "django.po").write_bytes(text(catalogue))
        (folder(language) / "django.mo").write_bytes(compiled(catalogue))
        missing = [said(message) for message in untranslated(catalogue)]
        outcomes.append(Outcome(language, len(catalogue), missing))
    return outcomes


def untranslated(catalogue: Catalog) -> list[Message]:
    """Return the messages that have no translation, or lack a plural form."""
    return [one for one in catalogue if one.id and not all(forms(one.string))]


def forms(texts: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the one or more forms of a message or of its translation."""
    return (texts,) if isinstance(texts, str) else tuple(texts or ("",))


def said(message: Message) -> str:
    """Return a message's text in the singular."""
    return forms(message.id)[0]


def compiled(catalogue: Catalog) -> bytes:
    """Return the bytes of a catalogue's ``django.mo``."""
    output = io.BytesIO()
    write_mo(output, catalogue)
    return output.getvalue()


def text(catalogue: Catalog) -> bytes:
    """Return the bytes of a catalogue's ``django.po``."""
    output = io.BytesIO()
    write_po(output, catalogue, width=100, no_location=True, include_previous=False)
    return output.getvalue().strip() + b"\n"


def _extracted() -> Iterator[Key]:
    for code in _sources():
        for _line, texts, _comments, context in extract("python", io.BytesIO(code), KEYWORDS):
            plural = isinstance(texts, tuple) and len(texts) > 1
            yield (tuple(texts) if plural else forms(texts)[0]), context
    for sentence in sentences():
        yield sentence, None


def _sources() -> Iterator[bytes]:
    for room in ROOMS:
        for file in sorted((BASE / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.read_bytes()
    for folder_ in [BASE / "templates", *sorted(BASE.glob("[a-z]*/**/templates"))]:
        for pattern in TEMPLATES:
            for file in sorted(folder_.rglob(pattern)):
                yield _as_python(file.read_text("utf-8"))


def _as_python(template: str) -> bytes:
    # templatize() blanks out the markup but keeps its indentation, which Python would refuse.
    lines = templatize(template).splitlines()
    return "\n".join(line.strip() for line in lines).encode()
