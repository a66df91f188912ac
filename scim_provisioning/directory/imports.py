"""Files of users: checked first, then applied, a transaction a batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from scim_provisioning.directory import user_csv
from scim_provisioning.directory.custom_attributes import custom_attribute_names
from scim_provisioning.directory.errors import NotFound, UnreadableFile, UserNameTaken
from scim_provisioning.directory.forms import UserForm, filled_in
from scim_provisioning.directory.models import UserImport
from scim_provisioning.directory.selectors import taken_user_names
from scim_provisioning.directory.services import BATCH, create_users
from scim_provisioning.directory.state import UserState
from scim_provisioning.directory.text import fold
from scim_provisioning.directory.user_csv import Problem, Row, Sheet

KEPT = timedelta(days=1)
TRIES = 3
"""A batch is tried again without the names that somebody else took in between."""


@dataclass(frozen=True, slots=True)
class Good:
    """A row that can become a user."""

    row: Row
    state: UserState


@dataclass(slots=True)
class Checked:
    """The rows of a file, each on one side."""

    good: list[Good] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: Row, reason: str) -> None:
        """Put a row on the side of the wrong ones."""
        self.problems.append(Problem(line=row.line, reason=reason, cells=row.cells))


def upload(*, file_name: str, content: bytes, owner: str) -> UserImport:
    """Return a checked file, kept until it is applied; raise UnreadableFile."""
    if len(content) > user_csv.LARGEST_FILE:
        raise UnreadableFile(_("The file is larger than 2 MB. Split it into several files."))
    text = user_csv.decoded(content)
    checked = check(text)
    forget_old()
    return UserImport.objects.create(
        owner=owner,
        file_name=file_name,
        content=text,
        good=len(checked.good),
        problems=checked.problems,
    )


def apply(*, import_id: UUID, owner: str, actor: Actor) -> UserImport:
    """Return the file after its good rows became users; a second time changes nothing.

    Each batch is one transaction, and counted in it. Raises NotFound, UnreadableFile.
    """
    mine = UserImport.objects.filter(id=import_id, owner=owner)
    found = mine.first()
    if found is None:
        raise NotFound(str(import_id))
    checked = check(found.content)
    if mine.filter(applied_at=None).update(applied_at=timezone.now()):
        for batch in _batches(checked.good):
            _create(found, batch, checked, actor)
        mine.update(problems=sorted(checked.problems, key=_line))
    return mine.get()


def check(text: str) -> Checked:
    """Return which rows of a file can become users now, and why the others cannot."""
    custom = custom_attribute_names()
    sheet, form = user_csv.read(text, custom), UserForm(custom=custom)
    checked, seen = Checked(), dict[str, int]()
    for row in sheet.rows:
        reason = _fault(sheet, row, form) or _repeated(sheet, row, seen)
        if reason:
            checked.refuse(row, reason)
        else:
            checked.good.append(Good(row, filled_in(UserState(), _cleaned(sheet, row, form))))
    _sort_out_taken(checked)
    return checked


def forget_old() -> int:
    """Delete files of more than a day ago; return how many that were."""
    return UserImport.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()[0]


def _fault(sheet: Sheet, row: Row, form: UserForm) -> str:
    """Return what is wrong with the values of a row, by column; "" when nothing is."""
    if len(row.cells) > len(sheet.heads):
        return _("%(values)d values, but the first line has %(columns)d columns.") % {
            "values": len(row.cells),
            "columns": len(sheet.heads),
        }
    faults = []
    for name, text in sheet.values(row).items():
        try:
            form.fields[name].clean(text)
        except ValidationError as error:
            head = sheet.heads[sheet.fields.index(name)]
            faults.append(f"{head}: {' '.join(error.messages)}")
    return " ".join(faults)


def _cleaned(sheet: Sheet, row: Row, form: UserForm) -> dict[str, str]:
    """Return the values of a row without fault."""
    return {name: form.fields[name].clean(text) for name, text in sheet.values(row).items()}


def _repeated(sheet: Sheet, row: Row, seen: dict[str, int]) -> str:
    """Return that an earlier line has the same userName; else remember this one."""
    key = fold(sheet.values(row)["user_name"].strip())
    line = seen.setdefault(key, row.line)
    if line == row.line:
        return ""
    return _("userName: line %d has the same one.") % line


def _sort_out_taken(checked: Checked) -> None:
    """Move the rows whose userName a live user has to the wrong ones."""
    keys = [fold(good.state.user_name) for good in checked.good]
    taken = set(taken_user_names(keys)) if keys else set()
    for good in checked.good:
        if fold(good.state.user_name) in taken:
            checked.refuse(good.row, str(UserNameTaken(good.state.user_name)))
    checked.good = [good for good in checked.good if fold(good.state.user_name) not in taken]
    checked.problems.sort(key=_line)


def _line(problem: Problem) -> int:
    """Return where a wrong row begins."""
    return problem["line"]


def _batches(rows: Sequence[Good]) -> Iterator[list[Good]]:
    """Yield the rows, BATCH at a time."""
    for start in range(0, len(rows), BATCH):
        yield list(rows[start : start + BATCH])


def _create(found: UserImport, batch: list[Good], checked: Checked, actor: Actor) -> None:
    """Make users of a batch, but of those whose names were taken meanwhile."""
    for _try in range(TRIES):
        free = Checked(good=batch)
        _sort_out_taken(free)
        checked.problems += free.problems
        batch = free.good
        try:
            with transaction.atomic():
                if batch:
                    create_users(states=[good.state for good in batch], actor=actor)
                made = UserImport.objects.filter(pk=found.pk)
                made.update(created=F("created") + len(batch))
            return
        except UserNameTaken:
            continue
    for good in batch:
        checked.refuse(good.row, _("Somebody else is creating users of this file. Try again."))
