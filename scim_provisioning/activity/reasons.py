"""Why something that was sent is not stored: declared once, for the log and for its page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNREGISTERED = "unregistered"
UNKEPT = "unkept"
UNKNOWN = "unknown"
READ_ONLY = "read_only"
UNKNOWN_SCHEMA = "unknown_schema"

REASONS: dict[str, Promise] = {
    UNREGISTERED: _("This custom attribute is not registered."),
    UNKEPT: _("This product does not keep this attribute."),
    UNKNOWN: _("No schema of this service has this attribute."),
    READ_ONLY: _("Only the service itself sets this attribute."),
    UNKNOWN_SCHEMA: _("This schema is unknown to the service."),
}
HARMLESS = frozenset({READ_ONLY, UNKNOWN_SCHEMA})
"""Nothing that was meant to be stored is lost."""
