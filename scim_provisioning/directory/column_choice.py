"""Which columns of the Users list its reader chose: remembered by the browser, for a year.

A choice of what is shown changes nothing, so those who only read may make it too: it is asked for
with GET.
"""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from scim_provisioning.directory.columns import UserColumn, all_columns
from scim_provisioning.directory.selection import list_address

COOKIE = "user_columns"
YEAR = 365 * 24 * 3600
NO_COLUMN = "-"
LONGEST = 3500
"""Characters; a browser keeps no cookie of more than 4096."""


def chosen_columns(request: HttpRequest, known: Sequence[UserColumn]) -> tuple[UserColumn, ...]:
    """Return the columns that the reader chose, else those that everybody sees, in their order."""
    kept = request.COOKIES.get(COOKIE)
    if not kept:
        return tuple(column for column in known if column.is_default)
    keys = kept.split(" ")
    return tuple(column for column in known if column.key in keys)


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the ticked columns, or forget them, and return to the list as it was."""
    answer = redirect(list_address(request.GET))
    if "restore" in request.GET:
        answer.delete_cookie(COOKIE, samesite="Lax")
        return answer
    asked = request.GET.getlist("column")
    keys = [column.key for column in all_columns() if column.key in asked]
    while len(" ".join(keys)) > LONGEST:
        keys.pop()
    answer.set_cookie(
        COOKIE,
        " ".join(keys) or NO_COLUMN,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer
