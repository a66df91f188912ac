"""``manage.py invitations``: who was invited, and invitations for many at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.db.models import QuerySet

from mdm_portal.management.actions import ActionCommand
from mdm_portal.management.tables import table
from scim_provisioning.directory import invite_status
from scim_provisioning.directory.invite_status import INVITE_STATUSES, of_invite_status
from scim_provisioning.directory.models import User
from scim_provisioning.directory.selectors import live_users
from scim_provisioning.directory.text import fold
from scim_provisioning.directory.verdicts import DONE
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.invitations.selectors import latest_invitations
from scim_provisioning.invitations.services import cancelling, invite_users_by_hand
from scim_provisioning.providers import SOURCES

Outcome = TypeVar("Outcome")
BATCH = 500
SHOWN = 1000
REASONS = {
    "not_active": "not active",
    "no_address": "without e-mail address",
    "under_way": "invited already",
    "accepted": "accepted already",
    "gone": "gone meanwhile",
}
NOT_SENT = "Nothing to cancel: an invitation can be cancelled until it is sent."


class Command(ActionCommand):
    """Lists, sends, retries and cancels invitations."""

    help = "List invitations; send, retry and cancel them for some users or for many."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one sub-command for each operation."""
        super().add_arguments(parser)
        listed = self.add_action("list", "list users with the state of their newest invitation")
        listed.add_argument("--status", choices=list(INVITE_STATUSES), help="(all but not_invited)")
        words = "how many at most (%(default)s)"
        listed.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=words)
        sent = self._of_users("send", "invite users")
        many = sent.add_mutually_exclusive_group()
        many.add_argument("--all-expired", action="store_true", help="all whose time ran out")
        many.add_argument("--not-invited", action="store_true", help="all who were never invited")
        sent.add_argument("--source", choices=SOURCES, help="only users of this source")
        self._of_users("retry", "invite users again whose invitation failed; without names, all")
        ended = self._of_users("cancel", "take back invitations that are not sent yet")
        ended.add_argument("--all", action="store_true", help="all of them")

    def _of_users(self, name: str, words: str) -> CommandParser:
        """Return the parser of an action on users."""
        action = self.add_action(name, words)
        action.add_argument("user_names", nargs="*", metavar="USERNAME")
        action.add_argument("--yes", action="store_true", help="do not ask where it is many")
        return action

    def on_list(self, options: dict[str, Any]) -> None:
        """Print users with their newest invitation."""
        users, limit = _listed(options["status"]), max(options["limit"], 0)
        shown = list(users.order_by("sort_name", "id")[: limit + 1])
        latest = latest_invitations(user.id for user in shown[:limit])
        found = [_described(user, latest.get(user.id)) for user in shown[:limit]]
        heads = ("Username", "Status", "Created", "Sent", "Answered", "Tries", "Failure")
        text = table("Invitations", heads, (tuple(one.values()) for one in found))
        more = "\nThere are more: --limit shows them." if len(shown) > limit else ""
        self.emit(found, text + more)

    def on_send(self, options: dict[str, Any]) -> None:
        """Invite the users named, or all of a kind."""
        status = invite_status.EXPIRED if options["all_expired"] else invite_status.NOT_INVITED
        if options["all_expired"] or options["not_invited"]:
            if options["user_names"]:
                raise CommandError("Name users, or choose all of a kind, not both.")
            users = of_invite_status(_invitable(), status)
            if options["source"]:
                users = users.filter(source=options["source"])
            self._invite_many(users, options)
        elif options["user_names"]:
            self._invite([user.id for user in _named(options["user_names"])])
        else:
            raise CommandError("Whom? Name users, or choose --all-expired or --not-invited.")

    def on_retry(self, options: dict[str, Any]) -> None:
        """Invite again whose invitation failed."""
        failed = of_invite_status(_invitable(), invite_status.FAILED)
        if not options["user_names"]:
            self._invite_many(failed, options)
            return
        users = _named(options["user_names"])
        ids = {user.id for user in users}
        again = set(failed.filter(id__in=ids).values_list("id", flat=True))
        if others := [user.user_name for user in users if user.id not in again]:
            raise CommandError(f"No failed invitation that can be sent again: {', '.join(others)}.")
        self._invite(sorted(again))

    def on_cancel(self, options: dict[str, Any]) -> None:
        """Take back what is not sent yet."""
        names = options["user_names"]
        if bool(names) == options["all"]:
            raise CommandError("Whose? Name users, or choose --all.")
        waiting = User.objects.filter(invitations__status=Invitation.PENDING)
        if names:
            waiting = waiting.filter(id__in=[user.id for user in _named(names)])
        ids = sorted(waiting.values_list("id", flat=True))
        if not ids:
            raise CommandError(NOT_SENT)
        if options["all"]:
            self.confirm(f"Cancel {len(ids)} invitations?", options)
        count = sum(self._in_batches("Cancelling", ids, self._cancel))
        self.emit({"cancelled": count}, f"Cancelled: {count}")

    def _invite_many(self, users: QuerySet[User], options: dict[str, Any]) -> None:
        """Invite all users of a kind, once that is confirmed."""
        ids = sorted(users.values_list("id", flat=True))
        if ids:
            self.confirm(f"Send an invitation to {len(ids)} users?", options)
        self._invite(ids)

    def _invite(self, ids: list[UUID]) -> None:
        """Invite users and tell what became of it; who was named and left out is a refusal."""
        outcome: Counter[str] = sum(
            self._in_batches("Inviting", ids, self._invite_batch), Counter[str]()
        )
        left_out = {name: outcome[name] for name in REASONS if outcome[name]}
        words = ", ".join(f"{REASONS[name]}: {count}" for name, count in left_out.items())
        text = f"Invited: {outcome[DONE]}" + (f"; left out: {words}" if words else "")
        if left_out and not outcome[DONE]:
            raise CommandError(text)
        self.emit({"invited": outcome[DONE], "left_out": left_out}, text)

    def _invite_batch(self, ids: Sequence[UUID]) -> Counter[str]:
        return invite_users_by_hand(user_ids=ids, actor=self.actor)

    def _cancel(self, ids: Sequence[UUID]) -> int:
        """Take back the invitations of some users; return how many were not sent meanwhile."""
        with transaction.atomic():
            users = list(User.objects.filter(id__in=ids).order_by("id"))
            waiting = Invitation.objects.filter(user__in=users, status=Invitation.PENDING)
            count = len(waiting.select_for_update().order_by("id"))
            cancelling(users=users, actor=self.actor).store()
        return count

    def _in_batches(
        self, title: str, ids: list[UUID], work: Callable[[Sequence[UUID]], Outcome]
    ) -> Iterable[Outcome]:
        """Yield what became of each batch."""
        with self.progress.phase(title, len(ids)) as advance:
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                yield work(batch)
                advance(len(batch))


def _listed(status: str | None) -> QuerySet[User]:
    """Return the users that ``list`` tells of."""
    if status:
        return of_invite_status(live_users(), status)
    return live_users().filter(id__in=Invitation.objects.values("user_id"))


def _invitable() -> QuerySet[User]:
    """Return the users whom an invitation can reach."""
    return live_users().filter(active=True).exclude(email="")


def _named(names: Sequence[str]) -> list[User]:
    """Return the users of some userNames; refuse those that nobody has."""
    users = live_users().filter(user_name_key__in=[fold(name) for name in names])
    found = {user.user_name_key: user for user in users}
    if unknown := [name for name in names if fold(name) not in found]:
        raise CommandError(f"There is no user named {', '.join(unknown)}.")
    return list(found.values())


def _described(user: User, invitation: Invitation | None) -> dict[str, object]:
    """Return a user's newest invitation for scripts; its members are the columns of the table."""
    status = invitation.current_status if invitation else invite_status.NOT_INVITED
    return {
        "user_name": user.user_name,
        "status": status,
        "created_at": invitation and invitation.created_at,
        "sent_at": invitation and invitation.sent_at,
        "completed_at": invitation and invitation.completed_at,
        "attempts": invitation.attempts if invitation else 0,
        "failure": invitation.failure if invitation else "",
    }
