"""Multiple Users: a file is checked, its wrong rows are told, its good ones become users."""

import csv
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.actors import Actor
from audit.models import Event
from scim_provisioning.directory import imports, user_csv
from scim_provisioning.directory.imports import forget_old
from scim_provisioning.directory.models import User, UserImport
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings import services as settings
from tests.portal.people import person
from tests.portal.test_roles import signed_in
from tests.portal.words import Page, markup, text
from tests.services.parallel import in_parallel

pytestmark = pytest.mark.django_db
PAGE = "/users/import/"
ADMIN = Actor("administrator", "1", "admin")


def sent(portal: Client, content: str | bytes, name: str = "people.csv") -> Page:
    """Return the answer to an uploaded file."""
    raw = content.encode() if isinstance(content, str) else content
    return portal.post(PAGE, {"file": SimpleUploadedFile(name, raw)}, follow=True)


def problems() -> list[tuple[int, str]]:
    """Return line and reason of the wrong rows of the newest file."""
    found = UserImport.objects.order_by("-uploaded_at")[0]
    return [(problem["line"], problem["reason"]) for problem in found.problems]


def applied(portal: Client) -> Page:
    """Return the answer to applying the newest file."""
    found = UserImport.objects.order_by("-uploaded_at")[0]
    return portal.post(f"{PAGE}{found.pk}/", follow=True)


def downloaded(portal: Client, path: str, delimiter: str = ",") -> list[list[str]]:
    """Return the rows of a downloaded file."""
    answer = portal.get(path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    content = answer.content.decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content[1:], newline=""), delimiter=delimiter))


def test_the_users_page_leads_here_and_the_page_names_the_columns(portal: Client) -> None:
    settings.add_custom_attribute(name="costCenter", actor=ADMIN)
    assert f'href="{PAGE}"' in markup(portal.get("/users/"))
    page = text(portal.get(PAGE))
    for words in ("userName", "costCenter", "Download CSV Template", "2 MB and 5,000 users"):
        assert words in page


@pytest.mark.parametrize(("language", "delimiter"), [("en", ","), ("es", ";"), ("fr", ";")])
def test_the_template_has_all_columns_and_opens_in_the_readers_spreadsheet(
    portal: Client, language: str, delimiter: str
) -> None:
    settings.add_custom_attribute(name="costCenter", actor=ADMIN)
    portal.cookies["django_language"] = language
    rows = downloaded(portal, f"{PAGE}template.csv", delimiter)
    core = ["userName", "givenName", "familyName", "displayName", "email", "department"]
    assert rows == [[*core, "costCenter"]]


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_checked_and_then_applied(
    portal: Client, separator: str, bom: str, end: str
) -> None:
    settings.add_custom_attribute(name="costCenter", actor=ADMIN)
    rows = [
        ["Email", "USERNAME", "givenName", "familyName", "displayName", "department", "costcenter"],
        ["ana@ex.org", "ana", "Ána", "<b>", "Ána, “50%”;", "Ventas", "CC-7"],
        ["", "bob", "", "", "", "", ""],
    ]
    written = StringIO()
    csv.writer(written, delimiter=separator, lineterminator=end).writerows(rows)
    page = sent(portal, bom + written.getvalue())
    assert page.status_code == 200
    assert "2 users can be created." in text(page)
    assert "people.csv" in text(page)
    assert not User.objects.exists(), "nothing is applied yet"
    done = applied(portal)
    assert "2 users were created." in text(done)
    ana, bob = User.objects.order_by("user_name")
    assert (ana.display_name, ana.family_name, ana.department) == ("Ána, “50%”;", "<b>", "Ventas")
    assert (ana.emails, ana.custom) == (
        [{"value": "ana@ex.org", "primary": True}],
        {"costCenter": "CC-7"},
    )
    assert (bob.title, bob.emails, bob.custom, bob.source) == ("bob", [], {}, "local")
    assert list(
        Event.objects.filter(event="user.created").values_list("actor_name", flat=True)
    ) == ["admin", "admin"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The submitted file is empty."),
        (b"\n\n  \n", "The file is empty."),
        (b"userName\n", "The file has no rows below its first line."),
        ("userName\nJosé".encode("latin-1"), "The file is not UTF-8."),
        ("userName\nana".encode("utf-16"), "The file is not UTF-8."),
        (b"userName\na\x00b", "null characters"),
        (b"email\nana@ex.org", "userName is missing"),
        (b"userName,userNAME\nana,bob", "names a column twice"),
        (b"userName,password,<b>\nana,x,y", "Unknown columns: “password”, “&lt;b&gt;”."),
        (b'userName\n"ana\nbob', "Line 2 is not valid CSV"),
        (b'userName\nana\n"b"x', "Line 3 is not valid CSV"),
        (b"userName\n" + b"x\n" * 5001, "more than 5000 rows"),
        (b"userName\n" + b"x" * 2 * 1024 * 1024, "larger than 2 MB"),
        (b'userName\n"' + b"x" * 200_000 + b'"', "Line 2 is not valid CSV"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff\xfe", "The file is not UTF-8."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    portal: Client, content: bytes, reason: str
) -> None:
    page = sent(portal, content)
    assert page.status_code == 422
    assert reason in text(page)
    assert 'aria-invalid="true"' in markup(page)
    assert not UserImport.objects.exists()


def test_no_file_at_all_is_told(portal: Client) -> None:
    page = portal.post(PAGE, {})
    assert page.status_code == 422
    assert "This field is required." in text(page)
    assert portal.post(PAGE, {"file": "text, not a file"}).status_code == 422


def test_wrong_rows_are_listed_with_line_and_reason(portal: Client) -> None:
    person("taken")
    page = sent(
        portal,
        "userName,email,department\n"
        "ana,ana@ex.org,Ops\n"  # 2
        ",nobody@ex.org,\n"  # 3
        "\n"
        'bob,"not an\naddress",\n'  # 5 and 6
        "ANA,,\n"  # 7
        "TAKEN@ex.org,,\n"  # 8
        f"eve,x,{'d' * 257}\n"  # 9
        "max,,,,more\n"  # 10
        "short\n",  # 11
    )
    assert problems() == [
        (3, "userName: This field is required."),
        (5, "email: Enter a valid email address."),
        (7, "userName: line 2 has the same one."),
        (8, "A user with the userName “TAKEN@ex.org” already exists."),
        (
            9,
            "email: Enter a valid email address. "
            "department: Ensure this value has at most 256 characters (it has 257).",
        ),
        (10, "5 values, but the first line has 3 columns."),
    ]
    shown = text(page)
    assert "2 users can be created." in shown
    assert "6 rows are wrong and are left out." in shown
    assert "line 2 has the same one" in shown
    applied(portal)
    local = User.objects.filter(source="local")
    assert set(local.values_list("user_name", flat=True)) == {"ana", "short"}


def test_the_error_file_is_corrected_and_uploaded_again_as_it_is(portal: Client) -> None:
    settings.add_custom_attribute(name="phone", actor=ADMIN)
    sent(portal, "userName;email;phone\nana;;\nbob;x;+49 30\n=cmd;y;'quoted\n")
    found = UserImport.objects.get()
    rows = downloaded(portal, f"{PAGE}{found.pk}/errors.csv")
    assert rows == [
        ["#Line", "#Reason", "userName", "email", "phone"],
        ["3", "email: Enter a valid email address.", "bob", "x", "'+49 30"],
        ["4", "email: Enter a valid email address.", "'=cmd", "y", "'quoted"],
    ]
    rows[1][3] = rows[2][3] = "right@ex.org"
    again = StringIO()
    csv.writer(again).writerows(rows)
    assert "2 users can be created." in text(sent(portal, again.getvalue()))
    applied(portal)
    assert dict(User.objects.values_list("user_name", "custom__phone")) == {
        "bob": "+49 30",
        "=cmd": "'quoted",
    }


def test_an_error_file_of_an_error_file_names_the_line_of_the_newer_one(portal: Client) -> None:
    sent(portal, "#Line,userName,#Reason,email\n9,ana,old,wrong,extra\n8,bob,old,wrong\n")
    found = UserImport.objects.get()
    assert downloaded(portal, f"{PAGE}{found.pk}/errors.csv") == [
        ["#Line", "#Reason", "userName", "email"],
        ["2", "5 values, but the first line has 4 columns.", "ana", "wrong", "extra"],
        ["3", "email: Enter a valid email address.", "bob", "wrong"],
    ]


def test_a_file_is_applied_once(portal: Client) -> None:
    sent(portal, "userName\nana\n")
    applied(portal)
    User.objects.all().update(deprovisioned_at=timezone.now())
    page = applied(portal)
    assert User.objects.count() == 1
    assert "1 user was created." in text(page)
    assert "Create 1 user" not in text(page)


def test_what_changed_between_check_and_application_is_told(portal: Client) -> None:
    sent(portal, "userName\nana\nbob\n")
    create_user(state=UserState(user_name="ANA"), actor=ADMIN)
    page = applied(portal)
    assert "1 user was created." in text(page)
    assert problems() == [(2, "A user with the userName “ana” already exists.")]
    assert "1 row is wrong and is left out." in text(page)


def test_an_attribute_that_was_deleted_meanwhile_is_told(portal: Client) -> None:
    settings.add_custom_attribute(name="tier", actor=ADMIN)
    sent(portal, "userName,tier\nana,gold\n")
    settings.delete_custom_attribute(name="tier", actor=ADMIN)
    page = applied(portal)
    assert "Unknown columns: “tier”." in text(page)
    assert not User.objects.exists()
    assert UserImport.objects.get().applied_at is None


def test_a_custom_attribute_named_like_a_core_one_has_no_column(portal: Client) -> None:
    settings.add_custom_attribute(name="email", actor=ADMIN)
    sent(portal, "userName,email\nana,ana@ex.org\n")
    applied(portal)
    made = User.objects.get()
    assert (made.email, made.custom) == ("ana@ex.org", {})


def test_batches_are_transactions_of_their_own(
    portal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    sent(portal, "userName\n" + "".join(f"user-{number}\n" for number in range(5)))
    found = UserImport.objects.get()
    create = imports.create_users
    calls: list[int] = []

    def failing(*, states: list[UserState], actor: Actor) -> list[User]:
        calls.append(len(states))
        if len(calls) == 3:
            raise ConnectionError("the database went away")
        return create(states=states, actor=actor)

    monkeypatch.setattr(imports, "create_users", failing)
    with pytest.raises(ConnectionError):
        imports.apply(import_id=found.pk, owner=found.owner, actor=ADMIN)
    found.refresh_from_db()
    assert (calls, User.objects.count(), found.created) == ([2, 2, 1], 4, 4)
    page = text(portal.get(f"{PAGE}{found.pk}/"))
    assert "4 users were created." in page


@pytest.mark.django_db(transaction=True)
def test_two_applications_at_once_create_each_user_once() -> None:
    content = b"userName\n" + b"".join(b"user-%d\n" % number for number in range(40))
    files = [
        imports.upload(file_name="a.csv", content=content, owner="1"),
        imports.upload(file_name="b.csv", content=content, owner="1"),
    ]
    outcomes = in_parallel(
        [
            lambda found=found: imports.apply(import_id=found.pk, owner="1", actor=ADMIN)
            for found in (files[0], files[0], files[1])
        ]
    )
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert User.objects.count() == 40
    created = [found.created for found in UserImport.objects.all()]
    assert sum(created) == 40
    assert sum(len(found.problems) for found in UserImport.objects.all()) == 40


def test_many_wrong_rows_are_paged_and_cost_the_same(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sent(portal, "userName,email\n" + "".join(f"u{number},x\n" for number in range(60)))
    path = f"{PAGE}{UserImport.objects.get().pk}/"
    with django_assert_max_num_queries(5):
        first = text(portal.get(path))
    assert "1 to 25 of 60" in first
    assert "Create" not in first
    assert "51 to 60 of 60" in text(portal.get(f"{path}?page=3"))


def test_files_belong_to_who_uploaded_them(portal: Client) -> None:
    sent(portal, "userName\nana\n")
    path = f"{PAGE}{UserImport.objects.get().pk}/"
    other = signed_in("user-management")
    for answer in (other.get(path), other.post(path), other.get(f"{path}errors.csv")):
        assert answer.status_code == 404
    assert portal.get(f"{PAGE}{uuid4()}/").status_code == 404
    assert portal.post(f"{PAGE}{uuid4()}/").status_code == 404
    assert not User.objects.exists()


def test_a_role_that_only_reads_uploads_nothing() -> None:
    reader = signed_in("user-read-only")
    assert PAGE not in markup(reader.get("/users/")).partition("<main")[2]
    assert sent(reader, "userName\nana\n").status_code == 403


def test_nobody_uploads_without_signing_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/sign-in/?next={PAGE}"


def test_files_are_forgotten_after_a_day(portal: Client) -> None:
    sent(portal, "userName\nana\n")
    assert forget_old() == 0
    UserImport.objects.update(uploaded_at=timezone.now() - timedelta(days=1, minutes=1))
    assert forget_old() == 1


def test_five_thousand_rows_cost_few_statements(
    portal: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rows = "".join(f"user-{number}@ex.org,a{number}@ex.org\n" for number in range(5000))
    assert len(rows) < user_csv.LARGEST_FILE
    with django_assert_max_num_queries(10):
        sent(portal, "userName,email\n" + rows)
    with django_assert_max_num_queries(12 * 10):
        assert "5000 users were created." in text(applied(portal))
    assert User.objects.count() == 5000
