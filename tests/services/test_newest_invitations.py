"""A user's newest invitation is marked, whoever writes, so that lists need not look for it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from audit.actors import Actor
from scim_provisioning.directory.models import User
from scim_provisioning.invitations.models import ANSWER_WITHIN, Invitation
from scim_provisioning.invitations.services import invite_by_hand
from tests.portal.people import person

pytestmark = pytest.mark.django_db

ANA = Actor("administrator", "7", "ana")
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def invitation(user: User, days: int) -> Invitation:
    """Return an unsaved invitation that ended, made so many days after noon."""
    made = NOON + timedelta(days=days)
    return Invitation(user=user, status=Invitation.FAILED, created_at=made, due_at=made)


def marked(user: User) -> list[datetime]:
    """Return when the marked invitations of a user were made."""
    rows = Invitation.objects.filter(user=user, is_newest=True)
    return list(rows.values_list("created_at", flat=True))


def test_the_only_one_is_the_newest() -> None:
    ana = person("ana")
    invitation(ana, 0).save()
    assert marked(ana) == [NOON]


def test_a_user_who_is_invited_again_has_one_newest() -> None:
    ana = person("ana", emails=({"value": "ana@ex.org", "primary": True},))
    first = invite_by_hand(user_id=ana.id, actor=ANA)
    late = first.created_at - ANSWER_WITHIN - timedelta(days=1)
    Invitation.objects.update(status=Invitation.SENT, sent_at=late, created_at=late)
    second = invite_by_hand(user_id=ana.id, actor=ANA)
    found = dict(Invitation.objects.values_list("pk", "is_newest"))
    assert found == {first.pk: False, second.pk: True}


def test_one_that_a_slow_clock_dates_back_is_not_the_newest() -> None:
    ana = person("ana")
    invitation(ana, 2).save()
    invitation(ana, 1).save()
    assert marked(ana) == [NOON + timedelta(days=2)]


def test_each_user_of_a_batch_has_one_newest() -> None:
    ana, bob, cid = (person(name) for name in ("ana", "bob", "cid"))
    invitation(bob, 5).save()
    invitation(cid, 0).save()
    batch = [*(invitation(ana, days) for days in (1, 3, 2)), invitation(bob, 4)]
    Invitation.objects.bulk_create(batch)
    days = [[(when - NOON).days for when in marked(user)] for user in (ana, bob, cid)]
    assert days == [[3], [5], [0]]


def test_of_two_made_at_the_same_moment_one_is_the_newest() -> None:
    ana = person("ana")
    Invitation.objects.bulk_create([invitation(ana, 0), invitation(ana, 0)])
    assert marked(ana) == [NOON]


def rows_read() -> int:
    """Return how many rows of the table of invitations were read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = %s",
            [Invitation._meta.db_table],
        )
        (number,) = cursor.fetchone()
    return int(number)


def test_one_more_has_no_others_read_though_the_first_came_together() -> None:
    ana, bob = person("ana"), person("bob")
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
    Invitation.objects.bulk_create(invitation(ana, days) for days in range(500))
    before = rows_read()
    invitation(bob, 0).save()
    assert rows_read() - before < 10
