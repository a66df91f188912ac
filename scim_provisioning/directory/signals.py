"""What the directory announces before it writes; errors are not swallowed.

Rooms above (invitations) listen, so that the directory need not know them, and answer with what
they want stored with the change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from audit.actors import Actor
from mdm_portal.database.statements import Statement, run

users_provisioned = Signal()
"""Sent with ``users`` and ``actor`` when users are created active or are activated."""

users_left = Signal()
"""Sent with ``users`` and ``actor`` when users are deactivated, deprovisioned or deleted."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from a change of users, in its transaction and after its end."""

    statements: Sequence[Statement] = ()
    afterwards: Sequence[Callable[[], Any]] = ()
    copies: Sequence[Callable[[], Any]] = ()
    """What stores the rows that follow from a change of several users, beside the statements."""

    def store(self) -> None:
        """Write what follows, in the transaction of the change."""
        for copy in self.copies:
            copy()
        if self.statements:
            run(*self.statements)
        self.announce()

    def announce(self) -> None:
        """Do what is to be done once the change is stored for good."""
        for work in self.afterwards:
            transaction.on_commit(work, robust=True)


def consequences(signal: Signal, users: Sequence[Any], actor: Actor) -> Consequences:
    """Return what all who listen want done; each answers with Consequences, or None."""
    if not users:
        return Consequences()
    said: list[Any] = [answer for _who, answer in signal.send(None, users=users, actor=actor)]
    answers: list[Consequences] = [answer for answer in said if answer]
    return Consequences(
        [statement for answer in answers for statement in answer.statements],
        [work for answer in answers for work in answer.afterwards],
        [copy for answer in answers for copy in answer.copies],
    )
