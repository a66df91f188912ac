"""What the directory announces, inside the transaction of the change; errors are not swallowed.

Rooms above (invitations) listen, so that the directory need not know them.
"""

from django.dispatch import Signal

users_provisioned = Signal()
"""Sent with ``users`` and ``actor`` when users are created active or are activated."""

users_left = Signal()
"""Sent with ``users`` and ``actor`` when users are deactivated, deprovisioned or deleted."""
