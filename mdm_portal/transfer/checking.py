"""Whether a file can be applied as a whole: looked at before anything is.

What must be unique in the file, and what refers to what, is compared by the database in temporary
tables: our memory does not grow with the file.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from mdm_portal.transfer.reading import BadLine, DirectoryFile, Entry
from mdm_portal.transfer.records import (
    ATTRIBUTE,
    GROUP,
    MEMBERSHIP,
    USER,
    Attribute,
    Member,
    Values,
    group_values,
    read,
    user_values,
)
from scim_provisioning.directory.models import Group, User
from scim_provisioning.directory.text import fold
from scim_provisioning.settings.selectors import custom_attributes
from scim_provisioning.settings.services import (
    MAX_CUSTOM_ATTRIBUTES,
    CustomAttributeError,
    check_name,
)

_TABLES = """
CREATE TEMPORARY TABLE transfer_user (line int, id uuid, key text COLLATE "C", live bool)
    ON COMMIT DROP;
CREATE TEMPORARY TABLE transfer_group (line int, id uuid, key text COLLATE "C") ON COMMIT DROP;
CREATE TEMPORARY TABLE transfer_member (line int, group_id uuid, user_id uuid) ON COMMIT DROP;
"""
_ANALYZE = "ANALYZE transfer_user; ANALYZE transfer_group; ANALYZE transfer_member"
_REPEATED = """
SELECT line FROM (
    SELECT line, row_number() OVER (PARTITION BY {column} ORDER BY line) AS place
    FROM {table} WHERE {condition}
) AS numbered WHERE place > 1
"""
_TAKEN_USER = """
SELECT new.line FROM transfer_user AS new JOIN directory_user AS old ON old.user_name_key = new.key
WHERE new.live AND old.deprovisioned_at IS NULL AND old.id <> new.id
    AND NOT EXISTS (SELECT FROM directory_user AS same WHERE same.id = new.id)
"""
_TAKEN_GROUP = """
SELECT new.line FROM transfer_group AS new
JOIN directory_group AS old ON old.display_name_key = new.key
WHERE old.id <> new.id AND NOT EXISTS (SELECT FROM directory_group AS same WHERE same.id = new.id)
"""
_STRAY = """
SELECT line FROM transfer_member AS member
WHERE NOT EXISTS (SELECT FROM transfer_group WHERE id = member.group_id)
    OR NOT EXISTS (SELECT FROM transfer_user WHERE id = member.user_id AND live)
"""
_QUESTIONS = (
    (_REPEATED.format(column="id", table="transfer_user", condition="true"), "the id came before"),
    (_REPEATED.format(column="key", table="transfer_user", condition="live"),
     "the userName came before (letter case does not count)"),
    (_REPEATED.format(column="id", table="transfer_group", condition="true"), "the id came before"),
    (_REPEATED.format(column="key", table="transfer_group", condition="true"),
     "the displayName came before (letter case does not count)"),
    (_STRAY, "the group or the (not deprovisioned) user is not in the file"),
    (_TAKEN_USER, "another user of this portal has the userName: delete it, or the line"),
    (_TAKEN_GROUP, "another group of this portal has the displayName: delete it, or the line"),
)  # fmt: skip


@dataclass(slots=True)
class Outlook:
    """What applying a sound file would do."""

    new: dict[str, int] = field(default_factory=lambda: {USER: 0, GROUP: 0})
    present: dict[str, int] = field(default_factory=lambda: {USER: 0, GROUP: 0})


def check(file: DirectoryFile, *, resume: bool, advance: Callable[[int], None]) -> Outlook:
    """Return what a file would do; raise BadLine for the first line that cannot be applied.

    To ``resume``, what is there already is left alone; otherwise it must be what the file says.
    """
    outlook, registry = Outlook(), _Registry()
    with transaction.atomic():
        _run(_TABLES)
        for kind, entries in file.batches(advance):
            if kind == ATTRIBUTE:
                registry.add(entries)
            elif kind == MEMBERSHIP:
                _copy("transfer_member (line, group_id, user_id)", map(_member_row, entries))
            else:
                _CHECKS[kind](entries, registry)
                _count_present(outlook, kind, entries, resume)
        _run(_ANALYZE)
        for question, words in _QUESTIONS:
            _ask(question, words)
    return outlook


class _Registry:
    """The custom attributes that users may have: those of this portal and of the file."""

    def __init__(self) -> None:
        self.names = {fold(one.name): one.name for one in custom_attributes()}
        self.seen: set[str] = set()

    def add(self, entries: list[Entry]) -> None:
        for entry in entries:
            assert isinstance(entry.record, Attribute)  # noqa: S101 - for the type checker
            name = entry.record.name
            try:
                check_name(name)
            except CustomAttributeError as error:
                raise BadLine(entry.line, str(error).rstrip(".")) from error
            known = self.names.setdefault(fold(name), name)
            if known != name:
                raise BadLine(entry.line, f"this portal spells the attribute “{known}”")
            if name in self.seen:
                raise BadLine(entry.line, "the attribute came before")
            self.seen.add(name)
            if len(self.names) > MAX_CUSTOM_ATTRIBUTES:
                raise BadLine(entry.line, f"more than {MAX_CUSTOM_ATTRIBUTES} custom attributes")

    def refuse_unknown(self, line: int, names: Collection[str]) -> None:
        for name in names:
            if self.names.get(fold(name)) != name:
                raise BadLine(line, f"the custom attribute “{name[:64]}” is registered nowhere")


def _check_users(entries: list[Entry], registry: _Registry) -> None:
    rows = []
    for entry in entries:
        person: Any = entry.record
        registry.refuse_unknown(entry.line, person.state.custom)
        live = person.origin.deprovisioned_at is None
        rows.append((entry.line, person.origin.id, fold(person.state.user_name), live))
    _copy("transfer_user (line, id, key, live)", rows)


def _check_groups(entries: list[Entry], _registry: _Registry) -> None:
    rows = []
    for entry in entries:
        team: Any = entry.record
        rows.append((entry.line, team.origin.id, fold(team.state.display_name)))
    _copy("transfer_group (line, id, key)", rows)


def _count_present(outlook: Outlook, kind: str, entries: list[Entry], resume: bool) -> None:
    """Count what is there; unless we resume, it must be what the file says."""
    records: dict[int, Any] = {entry.line: entry.record for entry in entries}
    lines: dict[UUID, int] = {record.origin.id: line for line, record in records.items()}
    model: Any = User if kind == USER else Group
    values: Callable[[Any], Values] = user_values if kind == USER else group_values
    found = list(model.objects.filter(id__in=lines))
    for row in found:
        line = lines[row.id]
        if not resume and read(kind, values(row)) != records[line]:
            raise BadLine(
                line,
                f"this portal has the {kind} with other values; --resume leaves it as it is",
            )
    outlook.present[kind] += len(found)
    outlook.new[kind] += len(entries) - len(found)


def _member_row(entry: Entry) -> tuple[int, UUID, UUID]:
    assert isinstance(entry.record, Member)  # noqa: S101 - for the type checker
    return entry.line, entry.record.group_id, entry.record.user_id


def _copy(target: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Send rows to a temporary table."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _run(statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            if statement.strip():
                cursor.execute(statement)


def _ask(question: str, words: str) -> None:
    """Raise BadLine when the database names lines."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(line), count(*) FROM ({question}) AS bad")  # noqa: S608
        first, count = cursor.fetchone()
    if count:
        raise BadLine(first, words, more=count - 1)


_CHECKS = {USER: _check_users, GROUP: _check_groups}
