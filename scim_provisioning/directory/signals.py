"""What the directory announces, inside the transaction of the change; errors are not swallowed.

Rooms above (invitations) listen, so that the directory need not know them.
"""

from django.dispatch import Signal

user_provisioned = Signal()
"""Sent with ``user`` and ``actor`` when a user is created active or is activated for the first
time."""

user_left = Signal()
"""Sent with ``user`` and ``actor`` when a user is deactivated or deprovisioned."""
