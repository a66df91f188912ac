"""A user's *History*: what was done to them, by whom, with the values before and after."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.models import Event
from mdm_portal.portal.lists import PAGE_SIZE, keyset_page
from scim_provisioning.directory.models import User


@require_safe
def user_history(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Return every event about a user, newest first, a page by key."""
    person = get_object_or_404(User, pk=user_id)
    events = Event.objects.filter(subject_type="user", subject_id=str(user_id))
    page = keyset_page(events, request, PAGE_SIZE)
    return render(
        request, "users/history.html", {"person": person, "tab": "user-history", "page": page}
    )
