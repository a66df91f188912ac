"""What the directory announces, inside the transaction of the change; errors are not swallowed.

Rooms above (invitations) listen, so that the directory need not know them.
"""

from django.dispatch import Signal

users_provisioned = Signal()
"""Sent with ``users`` and ``actor`` when users are created active or are activated."""

user_left = Signal()
"""Sent with ``user`` and ``actor`` when a user is deactivated or deprovisioned."""
