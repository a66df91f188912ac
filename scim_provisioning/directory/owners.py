"""Who may change a user or a group: what an identity provider brought is changed there alone."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from scim_provisioning.directory.errors import NotFound, OwnedByProvider, UserDeleted
from scim_provisioning.directory.models import Resource
from scim_provisioning.providers import LOCAL


def refuse_owned(resource: Resource) -> None:
    """Raise OwnedByProvider unless the user or group is a local one."""
    if resource.source != LOCAL:
        raise OwnedByProvider(resource.source_label)


def for_local_only(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the page that answers what cannot be changed with the reason, what is gone with 404.

    However the request came about: the services refuse with the row locked.
    """

    @wraps(page)
    def guarded(request: HttpRequest, **place: Any) -> HttpResponse:
        try:
            return page(request, **place)
        except (OwnedByProvider, UserDeleted) as error:
            context = {"reason": str(error), **place}
            return render(request, "users/owned.html", context, status=409)
        except NotFound as error:
            raise Http404 from error

    return guarded
