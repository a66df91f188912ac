"""What a page of the portal is asked with."""

from django.http import HttpRequest

from audit.actors import Actor


class PortalRequest(HttpRequest):
    """A request after the portal's middleware: the administrator who sends it is its actor."""

    actor: Actor
