"""An administrator's own page: the address for warnings, and the password."""

import pytest
from django.contrib.auth.models import User as Administrator
from django.test import Client

from audit.models import Event
from tests.conftest import PASSWORD
from tests.portal.test_roles import signed_in

pytestmark = pytest.mark.django_db
NEW = "a horse of another colour"


def test_the_address_for_warnings_is_changed_and_audited(
    portal: Client, administrator: Administrator
) -> None:
    answer = portal.post("/account/", {"do": "address", "email": "boss@example.org"}, follow=True)
    assert "Changes saved." in answer.content.decode()
    assert 'value="boss@example.org"' in answer.content.decode()
    administrator.refresh_from_db()
    assert administrator.email == "boss@example.org"
    event = Event.objects.get(event="administrator.updated")
    assert (event.subject_name, event.actor_name) == ("admin", "admin")
    assert event.changes == [{"attribute": "email", "before": "", "after": "boss@example.org"}]
    again = portal.post("/account/", {"do": "address", "email": "boss@example.org"}, follow=True)
    assert "Nothing was changed." in again.content.decode()
    assert Event.objects.filter(event="administrator.updated").count() == 1


@pytest.mark.parametrize("email", ["nobody", "a@b", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_refused_beside_the_field(portal: Client, email: str) -> None:
    answer = portal.post("/account/", {"do": "address", "email": email})
    assert answer.status_code == 422
    assert 'id="id_email_error"' in answer.content.decode()
    assert email in answer.content.decode()


def test_the_password_is_changed_here_and_other_browsers_are_signed_out(
    portal: Client, administrator: Administrator
) -> None:
    other = Client()
    other.force_login(administrator, "django.contrib.auth.backends.ModelBackend")
    sent = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = portal.post("/account/", sent | {"do": "password"}, follow=True)
    assert "Your password was changed." in answer.content.decode()
    assert other.get("/account/").status_code == 302
    administrator.refresh_from_db()
    assert administrator.check_password(NEW)
    event = Event.objects.get(event="administrator.password_changed")
    assert (event.subject_name, event.changes) == ("admin", [])


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"old_password": "wrong"}, "entered incorrectly"),
        ({"new_password2": "another"}, "didn’t match"),
        ({"new_password1": "12345678", "new_password2": "12345678"}, "too common"),
    ],
)
def test_a_password_is_refused_with_a_sentence_and_not_shown_again(
    portal: Client, administrator: Administrator, sent: dict[str, str], sentence: str
) -> None:
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW} | sent
    answer = portal.post("/account/", typed | {"do": "password"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not any(value in answer.content.decode() for value in typed.values())
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)


def test_who_only_reads_changes_what_is_ones_own(db: None) -> None:
    reader = signed_in("user-read-only")
    answer = reader.post("/account/", {"do": "address", "email": "reader@example.org"})
    assert answer.status_code == 302
    assert Administrator.objects.filter(email="reader@example.org").exists()
