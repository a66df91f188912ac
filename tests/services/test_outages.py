"""PostgreSQL goes away: what a client is told, and a mail that has just left."""

import time
from pathlib import Path
from threading import Thread

import httpx
import pytest
from django.db import connection
from django.utils import timezone

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations import delivery, outbox
from scim_provisioning.invitations.models import Invitation
from scim_provisioning.tokens.secrets import new_secret
from tests.scim.live import served
from tests.services.mail_server import MailServer

OKTA = Actor.token("1", "scim_okta", "okta")
ANA = "ana@example.org"


def due() -> Invitation:
    """Make an invitation that is due."""
    state = UserState(user_name=ANA, emails=({"value": ANA},))
    user = create_user(state=state, actor=OKTA, source="okta")
    return Invitation.objects.create(user=user, due_at=timezone.now())


def cut_while_it_is_sent(mail_server: MailServer, process: int) -> None:
    """End a connection from another thread, as a restart of PostgreSQL does."""
    while not mail_server.thinks_about:
        time.sleep(0.02)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_left_is_noted_once_the_database_is_back(
    mail_server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    due()
    mail_server.slow_for[ANA] = 1.5
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    other = Thread(target=cut_while_it_is_sent, args=[mail_server, process])
    other.start()
    delivery.deliver_due()
    other.join()
    row = Invitation.objects.get()
    assert (row.status, row.attempts) == ("sent", 1)
    assert mail_server.recipients == [ANA]
    assert "could not be noted yet" in caplog.text


@pytest.mark.django_db
def test_a_mail_is_noted_once() -> None:
    due()
    invitation = outbox.claim()
    assert invitation
    outbox.mark_sent(invitation)
    outbox.mark_sent(invitation)
    assert Event.objects.filter(event="invitation.sent").count() == 1


@pytest.mark.django_db
def test_without_a_database_scim_answers_503_and_when_to_come_back(tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"postgres:///x?host={tmp_path}", "DATABASE_POOL_TIMEOUT": "1"}
    headers = {"Authorization": f"Bearer {new_secret()}"}
    with served(tmp_path / "log", workers=1, **nowhere) as url:
        began = time.monotonic()
        answer = httpx.get(f"{url}/Users", headers=headers, timeout=20)
    assert time.monotonic() - began < 10
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.json() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "status": "503",
        "detail": "The service cannot reach its database. Try again soon.",
    }
