"""Users as CSV: the template, the file that comes back, and the rows in it that are wrong."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TypedDict

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.export import BOM, FORMULA, safe
from scim_provisioning.directory.errors import UnreadableFile
from scim_provisioning.directory.forms import CUSTOM
from scim_provisioning.directory.text import fold

LARGEST_FILE = 2 * 1024 * 1024
MOST_ROWS = 5000
CORE = {
    "userName": "user_name",
    "givenName": "given_name",
    "familyName": "family_name",
    "displayName": "display_name",
    "email": "email",
    "department": "department",
}
"""The columns that every file may have, and the fields of UserForm that they fill."""
IGNORED = "#"
"""How the heads of columns begin that are for people only, as those of the error file."""


class Problem(TypedDict):
    """A row that is wrong."""

    line: int
    reason: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file and the line that it begins in."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with known columns: not checked row by row yet."""

    heads: list[str]
    fields: list[str]
    """The field of UserForm that each column fills; "" for an ignored one."""
    rows: list[Row]

    def values(self, row: Row) -> dict[str, str]:
        """Return the fields of a row; what is missing at its end is blank."""
        cells = [*row.cells, *[""] * (len(self.fields) - len(row.cells))]
        return {field: cell for field, cell in zip(self.fields, cells, strict=False) if field}


def columns(custom: Iterable[str]) -> dict[str, str]:
    """Return all columns and their fields; a custom attribute named like a core one has none."""
    taken = {fold(name) for name in CORE}
    return CORE | {name: f"{CUSTOM}{name}" for name in custom if fold(name) not in taken}


def decoded(content: bytes) -> str:
    """Return the text of a file; raise UnreadableFile for another encoding."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            _("The file is not UTF-8. In a spreadsheet, save it as “CSV UTF-8”.")
        ) from error
    if "\0" in text:
        raise UnreadableFile(_("The file contains null characters: it is no CSV file."))
    return text


def read(text: str, custom: Iterable[str]) -> Sheet:
    """Return the rows of a file; raise UnreadableFile when its columns are not what we know."""
    rows = _rows(text)
    head = next(rows, None)
    if head is None:
        raise UnreadableFile(_("The file is empty."))
    heads = [cell.strip() for cell in head.cells]
    sheet = Sheet(heads, _fields(heads, columns(custom)), list(_at_most(MOST_ROWS, rows)))
    if not sheet.rows:
        raise UnreadableFile(_("The file has no rows below its first line."))
    return sheet


def template(custom: Iterable[str]) -> str:
    """Return an empty file with all columns, as the reader's spreadsheet opens it."""
    return _written([list(columns(custom))])


def error_file(text: str, problems: Sequence[Problem]) -> str:
    """Return the wrong rows as a file that may be corrected and uploaded again as it is."""
    heads = next(_rows(text)).cells
    ours = [f"{IGNORED}{_('Line')}", f"{IGNORED}{_('Reason')}"]
    keep = [place for place, head in enumerate(heads) if not head.startswith(IGNORED)]
    rows = [
        [str(one["line"]), one["reason"], *_kept(one["cells"], keep, len(heads))]
        for one in problems
    ]
    return _written([[*ours, *(heads[place] for place in keep)], *rows])


def _kept(cells: list[str], keep: list[int], width: int) -> list[str]:
    """Return the cells of the columns that are not ours, and those beyond the last head."""
    return [*(cells[place] for place in keep if place < len(cells)), *cells[width:]]


def _rows(text: str) -> Iterator[Row]:
    """Yield the rows that are not blank; raise UnreadableFile where quotation marks go wrong."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield Row(line, [_shown(cell) for cell in cells])
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            _("Line %d is not valid CSV: check its quotation marks.") % line
        ) from error


def _delimiter(text: str) -> str:
    """Return what separates the heads; no head contains either."""
    first = text.lstrip().partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _shown(cell: str) -> str:
    """Return a cell as its author means it: without the mark that stops a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _fields(heads: list[str], known: dict[str, str]) -> list[str]:
    """Return the field of each head; letter case does not count."""
    folded = {fold(name): field for name, field in known.items()}
    fields = ["" if head.startswith(IGNORED) else folded.get(fold(head)) for head in heads]
    unknown = [head for head, field in zip(heads, fields, strict=True) if field is None]
    if unknown:
        raise UnreadableFile(
            _("Unknown columns: %(unknown)s. Known are: %(known)s.")
            % {
                "unknown": ", ".join(f"“{head[:64]}”" for head in unknown[:10]),
                "known": ", ".join(known),
            }
        )
    filled = [field for field in fields if field]
    if len(filled) != len(set(filled)):
        raise UnreadableFile(_("The first line names a column twice."))
    if "user_name" not in filled:
        raise UnreadableFile(_("The first line must name the columns; userName is missing."))
    return [field or "" for field in fields]


def _at_most(limit: int, rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows; raise UnreadableFile when there are more."""
    for number, row in enumerate(rows, start=1):
        if number > limit:
            raise UnreadableFile(
                _("The file has more than %d rows. Split it into several files.") % limit
            )
        yield row


def _written(rows: Iterable[Sequence[str]]) -> str:
    """Return rows as CSV with the separator that spreadsheets of the reader's language expect."""
    english = (get_language() or "en").startswith("en")
    text = StringIO()
    writer = csv.writer(text, delimiter="," if english else ";")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return BOM + text.getvalue()
