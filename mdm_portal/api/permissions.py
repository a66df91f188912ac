"""The role of the caller decides, as in the portal."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from mdm_portal.roles import READING, may


class RolePermission(BasePermission):
    """Reads ``area`` of the view: ``users`` or ``system``."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller's role allows the request."""
        if not request.user.is_authenticated:
            return False
        area: str = getattr(view, "area", "")
        return may(request.user, area, write=request.method not in READING)
