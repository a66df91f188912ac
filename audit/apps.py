"""The audit trail."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Append-only events of everything that changes anything."""

    name = "audit"
