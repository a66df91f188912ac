"""Who an action of the Users list is for: the ticked users, or all that match its filters."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from mdm_portal.portal.lists import MOST, PAGE, SORT
from scim_provisioning.directory import selectors
from scim_provisioning.directory.filters import UserFilter
from scim_provisioning.directory.lists import SIZE
from scim_provisioning.directory.models import User

ALL, USER = "all", "user"


@dataclass(frozen=True, slots=True)
class Selection:
    """Some users, and how the next page is told of them."""

    users: QuerySet[User]
    inputs: tuple[tuple[str, str], ...]
    """Names and values of the fields that carry the selection on."""
    is_sound: bool
    """Whether the filters make sense; those that do not select nobody."""
    back: str
    """The address of the list as it was narrowed down."""

    @property
    def ids(self) -> list[UUID]:
        """Return the ids of the users; one more than MOST of them means too many."""
        return list(self.users.order_by("id").values_list("id", flat=True)[: MOST + 1])


def selected(asked: QueryDict, *, unless_ticked: bool = False) -> Selection:
    """Return the selection that an address or a sent form names.

    ``unless_ticked``: all that match are selected when no user is ticked.
    """
    filters = UserFilter(asked, selectors.all_users())
    ids = list(filter(None, map(_id, asked.getlist(USER))))
    kept, address = list_inputs(asked), list_address(asked)
    is_sound = not filters.errors
    if ALL in asked or (unless_ticked and not ids):
        return Selection(filters.qs, (*kept, (ALL, "1")), is_sound, address)
    users = selectors.all_users().filter(id__in=ids)
    ticked = tuple((USER, str(user_id)) for user_id in ids)
    return Selection(users, (*kept, *ticked), is_sound, address)


def list_inputs(asked: QueryDict) -> tuple[tuple[str, str], ...]:
    """Return what of an address is the list's own: its filters, order, size and page."""
    known = (*UserFilter.base_filters, SORT, SIZE, PAGE)
    return tuple((name, str(asked[name])) for name in known if asked.get(name))


def list_address(asked: QueryDict) -> str:
    """Return the address of the list as it was narrowed down."""
    query = urlencode(list_inputs(asked))
    return reverse("users") + (f"?{query}" if query else "")


def _id(text: str) -> UUID | None:
    """Return an id; what is none was not on the page."""
    try:
        return UUID(text)
    except ValueError:
        return None
