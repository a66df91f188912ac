"""Who calls: django-scim2 answers nobody without a user."""

from collections.abc import Callable
from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse

CALLER = SimpleNamespace(is_authenticated=True)


class SignedIn:
    """Takes every caller for signed in, at no cost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the next one."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the answer."""
        request.user = CALLER  # type: ignore[assignment]
        return self.get_response(request)
