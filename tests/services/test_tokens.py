"""Tokens: the limit, the life of a secret, and the audit event of every step."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.tokens import credentials, services
from scim_provisioning.tokens.credentials import InvalidCredential, authenticate
from scim_provisioning.tokens.models import MAX_TOKENS, ScimToken
from scim_provisioning.tokens.secrets import SECRET_LENGTH
from scim_provisioning.tokens.selectors import current_tokens
from scim_provisioning.tokens.services import IssuedToken
from tests.services.parallel import in_parallel

ANA = Actor("administrator", "7", "ana", "", "192.0.2.7")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    credentials.forget_all()


def issue(provider: str = "okta", lifetime_days: int | None = 365) -> IssuedToken:
    """Return a fresh token."""
    return services.generate(provider=provider, lifetime_days=lifetime_days, actor=ANA)


def works(secret: str) -> bool:
    """Tell whether an IdP gets in with this secret, looked up afresh."""
    credentials.forget_all()
    try:
        authenticate(f"Bearer {secret}", "198.51.100.9")
    except InvalidCredential:
        return False
    return True


def let_expire(token: ScimToken) -> None:
    """Move a token's expiry into the past."""
    moment = timezone.now() - timedelta(seconds=1)
    ScimToken.objects.filter(id=token.id).update(expires_at=moment)


def last_event() -> Event:
    """Return the newest event."""
    event = Event.objects.first()
    assert event
    return event


@pytest.mark.django_db
def test_each_step_leaves_its_event_by_its_exact_name() -> None:
    issued = issue("entra")
    token_id = issued.token.id
    services.deactivate(token_id=token_id, actor=ANA)
    services.activate(token_id=token_id, actor=ANA)
    services.renew(token_id=token_id, overlap_hours=1, actor=ANA)
    services.remove(token_id=token_id, actor=ANA)
    events = list(Event.objects.order_by("id"))
    assert [event.label for event in events] == [
        "SCIM Token Created",
        "SCIM Token Disabled",
        "SCIM Token Enabled",
        "SCIM Token Renewed",
        "SCIM Token Deleted",
    ]
    assert {event.details for event in events} == {"Microsoft Entra ID"}
    assert {event.provider for event in events} == {"entra"}
    assert {event.subject_id for event in events} == {str(token_id)}
    assert {(event.actor_name, event.address) for event in events} == {("ana", "192.0.2.7")}


@pytest.mark.django_db
def test_events_tell_before_and_after() -> None:
    issued = issue()
    services.deactivate(token_id=issued.token.id, actor=ANA)
    assert last_event().changes == [
        {"attribute": "status", "before": "active", "after": "inactive"}
    ]


@pytest.mark.django_db
def test_setting_the_state_it_is_in_changes_nothing() -> None:
    issued = issue()
    services.activate(token_id=issued.token.id, actor=ANA)
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_the_secret_is_nowhere_in_the_database() -> None:
    first = issue()
    second = services.renew(token_id=first.token.id, overlap_hours=24, actor=ANA)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM tokens_scimtoken t")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT e::text FROM audit_event e")
        stored += str(cursor.fetchall())
    for secret in (first.secret, second.secret):
        assert len(secret) == SECRET_LENGTH
        assert secret not in stored
        assert secret[len(first.token.key_id) :] not in stored


@pytest.mark.django_db
def test_a_third_token_is_refused_whatever_the_states_of_the_two() -> None:
    let_expire(issue().token)
    services.deactivate(token_id=issue("entra").token.id, actor=ANA)
    with pytest.raises(services.TokenLimitReached, match="maximum of 2 tokens"):
        issue("onelogin")
    assert ScimToken.objects.count() == MAX_TOKENS


@pytest.mark.django_db
def test_a_removed_token_frees_its_slot() -> None:
    first = issue()
    issue()
    services.remove(token_id=first.token.id, actor=ANA)
    issue("entra")
    assert [token.provider for token in current_tokens()] == ["okta", "entra"]


@pytest.mark.django_db(transaction=True)
def test_eight_who_generate_at_once_get_two_tokens() -> None:
    outcomes = in_parallel([issue] * 8)
    issued = [outcome for outcome in outcomes if isinstance(outcome, IssuedToken)]
    refused = [o for o in outcomes if isinstance(o, services.TokenLimitReached)]
    assert (len(issued), len(refused)) == (2, 6)
    assert current_tokens().count() == MAX_TOKENS
    assert Event.objects.filter(event="scim_token.created").count() == MAX_TOKENS
    assert all(works(one.secret) for one in issued)


@pytest.mark.django_db(transaction=True)
def test_two_who_remove_one_token_at_once_leave_one_event() -> None:
    token_id = issue().token.id
    outcomes = in_parallel([lambda: services.remove(token_id=token_id, actor=ANA)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "TokenNotFound"]
    assert Event.objects.filter(event="scim_token.deleted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_renew_one_token_at_once_leave_the_last_secret_good() -> None:
    token_id = issue().token.id
    outcomes = in_parallel(
        [lambda: services.renew(token_id=token_id, overlap_hours=0, actor=ANA)] * 2
    )
    assert sorted(works(one.secret) for one in outcomes if isinstance(one, IssuedToken)) == [
        False,
        True,
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("overlap", [0, 1, 24])
def test_renew_keeps_the_old_secret_as_long_as_asked(overlap: int) -> None:
    old = issue()
    new = services.renew(token_id=old.token.id, overlap_hours=overlap, actor=ANA)
    assert new.token.id == old.token.id
    assert works(new.secret)
    assert works(old.secret) is (overlap > 0)
    past = timezone.now() - timedelta(seconds=1)
    ScimToken.objects.filter(previous_expires_at__isnull=False).update(previous_expires_at=past)
    assert not works(old.secret)
    assert works(new.secret)


@pytest.mark.django_db
def test_renew_restarts_the_lifetime_and_revives_an_expired_token() -> None:
    old = issue(lifetime_days=30)
    let_expire(old.token)
    new = services.renew(token_id=old.token.id, overlap_hours=24, actor=ANA)
    assert new.token.days_left == 29
    assert works(new.secret)
    assert not works(old.secret), "an expired secret does not come back to life"


@pytest.mark.django_db
def test_removing_during_an_overlap_ends_both_secrets() -> None:
    old = issue()
    new = services.renew(token_id=old.token.id, overlap_hours=24, actor=ANA)
    services.remove(token_id=old.token.id, actor=ANA)
    assert not works(old.secret)
    assert not works(new.secret)


@pytest.mark.django_db
def test_inactive_and_expired_tokens_do_not_work() -> None:
    issued = issue()
    services.deactivate(token_id=issued.token.id, actor=ANA)
    assert not works(issued.secret)
    services.activate(token_id=issued.token.id, actor=ANA)
    assert works(issued.secret)
    let_expire(issued.token)
    assert not works(issued.secret)
    with pytest.raises(services.TokenStateError, match="Renew"):
        services.activate(token_id=issued.token.id, actor=ANA)


@pytest.mark.django_db
def test_a_token_that_never_expires_never_does() -> None:
    issued = issue(lifetime_days=None)
    assert issued.token.expires_at is None
    assert issued.token.days_left is None
    assert works(issued.secret)


@pytest.mark.django_db
def test_use_is_noted_with_time_and_address() -> None:
    issued = issue()
    assert works(issued.secret)
    token = ScimToken.objects.get()
    assert token.last_used_address == "198.51.100.9"
    assert token.last_used_at
    assert timezone.now() - token.last_used_at < timedelta(seconds=5)


@pytest.mark.django_db
def test_a_refused_secret_is_not_noted_as_use() -> None:
    issued = issue()
    assert not works(issued.secret[:-1] + ("a" if issued.secret[-1] != "a" else "b"))
    assert ScimToken.objects.get().last_used_at is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "call",
    [
        lambda: services.activate(token_id=uuid4(), actor=ANA),
        lambda: services.deactivate(token_id=uuid4(), actor=ANA),
        lambda: services.renew(token_id=uuid4(), overlap_hours=1, actor=ANA),
        lambda: services.remove(token_id=uuid4(), actor=ANA),
    ],
)
def test_an_unknown_token_is_a_calm_sentence(call: Callable[[], object]) -> None:
    with pytest.raises(services.TokenNotFound, match="does not exist any more"):
        call()
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_what_the_forms_do_not_offer_is_refused() -> None:
    for provider, lifetime in (("nobody", 365), ("okta", 7), ("okta", 0)):
        with pytest.raises(services.TokenStateError):
            services.generate(provider=provider, lifetime_days=lifetime, actor=ANA)
    token_id = issue().token.id
    with pytest.raises(services.TokenStateError):
        services.renew(token_id=token_id, overlap_hours=2, actor=ANA)
