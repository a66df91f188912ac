"""``manage.py doctor`` on parts that work, and on parts that are really broken."""

import os
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone

from audit.actors import Actor
from mdm_portal.doctor.address import check_address, check_proxy
from mdm_portal.doctor.database import judge_clock
from mdm_portal.doctor.mail import check_mail
from mdm_portal.doctor.secrets import check_secrets, strength
from mdm_portal.doctor.worker import check_broker, check_outbox
from mdm_portal.embedded import free_port, start_postgresql, start_valkey
from scim_provisioning.directory.services import create_user
from scim_provisioning.directory.state import UserState
from scim_provisioning.invitations.models import Invitation
from tests.commands.site import LONG_SECRETS, empty_database, operate, told, worker
from tests.services.mail_server import MailServer, running_mail_server

pytestmark = pytest.mark.django_db(transaction=True)


NO_BROKER = {"REDIS_URL": "redis://127.0.0.1:1/0"}
"""No worker is waited for where another part is looked at."""


def states(**changes: str) -> dict[str, str]:
    """Return the state of each check."""
    changes = {**NO_BROKER, **changes}
    checks = told("doctor", **changes)["checks"]
    return {check["name"]: check["state"] for check in checks}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the key and the certificate of localhost."""
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


class Site(BaseHTTPRequestHandler):
    """Answers /healthz as a portal does."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
        self.wfile.write(b'{"status": "ok"}')

    def log_message(self, *_words: object) -> None:
        pass


class Stranger(Site):
    """Knows nothing of a portal."""

    def do_GET(self) -> None:
        self.send_error(404)


def serve(handler: type[Site], certificate: Path) -> Iterator[str]:
    """Serve over TLS; give the address."""
    server = HTTPServer(("localhost", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(certificate: Path) -> Iterator[str]:
    """Return the address of something that answers as a portal does."""
    yield from serve(Site, certificate)


@pytest.fixture
def stranger(certificate: Path) -> Iterator[str]:
    """Return the address of something else."""
    yield from serve(Stranger, certificate)


def test_a_site_where_all_is_well_has_nothing_to_do(site: str, certificate: Path) -> None:
    with running_mail_server() as mail, worker():
        done = operate(
            "doctor",
            **LONG_SECRETS,
            PUBLIC_URL=site,
            BEHIND_PROXY="true",
            SSL_CERT_FILE=str(certificate / "cert.pem"),
            EMAIL_URL=f"smtp://127.0.0.1:{mail.port}",
            DEFAULT_FROM_EMAIL="MDM <mdm@example.org>",
        )
        assert mail.mails == []
    assert {text.split()[0] for text in done.stdout.splitlines()} == {"ok"}
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 12


def test_without_a_worker_it_fails_and_says_how_to_start_one() -> None:
    done = operate("doctor")
    assert done.returncode == 1
    assert "celery -A mdm_portal worker -B" in done.stdout


def test_a_stopped_broker_is_told_once(tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path / "valkey", tmp_path / "log", durable=False)
    valkey.stop()
    found = states(REDIS_URL=valkey.url)
    assert (found["Broker"], found["Worker"], found["Database"]) == ("failure", "skipped", "ok")
    # Nor does anything else of a site without settings for the world do well.
    assert (found["Mail server"], found["Public address"]) == ("warning", "warning")


def test_a_broker_that_forgets_is_a_warning(settings: Any, tmp_path: Path) -> None:
    valkey = start_valkey(tmp_path / "valkey", tmp_path / "log", durable=False)
    try:
        with redis.Redis.from_url(valkey.url) as link:
            link.config_set("maxmemory", "100mb")
            link.config_set("maxmemory-policy", "allkeys-lru")
        settings.REDIS_URL = valkey.url
        assert "noeviction" in check_broker().advice
    finally:
        valkey.stop()


def test_a_stopped_database_is_told_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o711)
    database = start_postgresql(tmp_path / "pg", tmp_path / "log", durable=False)
    database.stop()
    found = states(DATABASE_URL=database.url)
    assert found["Database"] == "failure"
    assert {found[name] for name in ("pg_trgm", "Migrations", "Clock", "Outbox")} == {"skipped"}


def test_an_unprepared_database_is_sent_to_prepare() -> None:
    with empty_database(f"doctor_{os.getpid()}") as url:
        lines = operate("doctor", **NO_BROKER, DATABASE_URL=url).stdout.splitlines()
    found = {text[9:].split("  ")[0].strip(): text for text in lines}
    assert "CREATE EXTENSION pg_trgm" in found["pg_trgm"]
    assert "manage.py prepare" in found["Migrations"]
    told = [found[name].split()[0] for name in ("Database", "Clock", "Migrations", "Outbox")]
    assert told == ["ok", "ok", "failure", "skipped"]


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "ok"), (1.5, "ok"), (5, "warning"), (-5, "warning"), (-90, "failure")],
)
def test_clocks_that_differ(seconds: float, state: str) -> None:
    now = datetime.now(UTC)
    theirs = now + timedelta(seconds=seconds)
    assert judge_clock(now, theirs, now + timedelta(milliseconds=3)).state == state


@pytest.mark.parametrize(("minutes", "state"), [(0, "ok"), (5, "warning"), (60, "failure")])
def test_an_outbox_that_nobody_empties(minutes: int, state: str) -> None:
    user = create_user(state=UserState(user_name="a@example.org"), actor=Actor.operator("tests"))
    Invitation.objects.create(user=user, due_at=timezone.now() - timedelta(minutes=minutes))
    assert check_outbox().state == state


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """Run a mail server that the settings name."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.DEFAULT_FROM_EMAIL = "MDM <mdm@example.org>"
    settings.EMAIL_HOST = "127.0.0.1"
    with running_mail_server() as mail:
        settings.EMAIL_PORT = mail.port
        yield mail
    assert mail.mails == []


def test_a_wrong_smtp_port_is_a_failure_with_its_place(settings: Any, smtp: MailServer) -> None:
    settings.EMAIL_PORT = free_port()
    found = check_mail()
    assert found.state == "failure"
    assert f"127.0.0.1:{settings.EMAIL_PORT}" in found.text


def test_a_mail_server_without_starttls_fails(settings: Any, smtp: MailServer) -> None:
    settings.EMAIL_USE_TLS = True
    assert "STARTTLS" in check_mail().text


def test_a_mail_server_that_does_not_let_us_in_fails(settings: Any, smtp: MailServer) -> None:
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = "mdm"
    assert check_mail().state == "failure"


def test_a_sender_that_nobody_can_answer_is_a_warning(settings: Any, smtp: MailServer) -> None:
    settings.DEFAULT_FROM_EMAIL = "MDM portal <no-reply@localhost>"
    assert "DEFAULT_FROM_EMAIL" in check_mail().advice


def test_mails_that_stay_here_are_a_warning() -> None:
    assert "EMAIL_URL" in check_mail().advice


@pytest.mark.parametrize(
    ("secret", "state"),
    [
        ("changeme", "failure"),
        ("x" * 60, "failure"),
        ("abcdefgh" * 8, "failure"),
        ("django-insecure-9x!k2m4n6p8q0r1s3t5v7w9y", "failure"),
        ("correct horse battery stap", "warning"),
        (LONG_SECRETS["SECRET_KEY"], "ok"),
    ],
)
def test_secrets_that_are_none(settings: Any, secret: str, state: str) -> None:
    settings.SECRET_KEY, settings.TOKEN_PEPPER = secret, LONG_SECRETS["TOKEN_PEPPER"]
    assert check_secrets().state == state


def test_secrets_of_hexadecimal_digits_are_good_enough() -> None:
    assert strength("9f86d081884c7d659a2feaa0c55ad015") > 100


def test_a_secret_used_twice_is_a_warning(settings: Any) -> None:
    settings.SECRET_KEY = settings.TOKEN_PEPPER = LONG_SECRETS["SECRET_KEY"]
    assert "the same" in check_secrets().text


def test_a_file_of_secrets_that_others_read_is_a_warning(settings: Any, tmp_path: Path) -> None:
    settings.SECRET_KEY, settings.TOKEN_PEPPER = LONG_SECRETS.values()
    settings.DATA_DIR = tmp_path
    file = tmp_path / "secrets.json"
    file.write_text("{}")
    file.chmod(0o644)
    assert check_secrets().advice == f"chmod 600 {file}"


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("http://mdm.example.org", "failure"),
        ("https://mdm.example.org/portal", "failure"),
        ("https://nobody.invalid", "failure"),
        ("mdm.example.org", "failure"),
        ("https://127.0.0.1:1", "warning"),
        ("", "warning"),
    ],
)
def test_public_addresses_that_lead_nowhere(settings: Any, address: str, state: str) -> None:
    settings.PUBLIC_URL = address
    assert check_address().state == state


def test_a_certificate_that_nobody_trusts_is_told(settings: Any, site: str) -> None:
    settings.PUBLIC_URL = site
    found = check_address()
    assert found.state == "warning"
    assert "certificate" in found.text


def test_somebody_else_at_our_address_is_a_failure(
    settings: Any, stranger: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    settings.PUBLIC_URL = stranger
    assert "answers 404" in check_address().text


def test_what_is_believed_of_callers(settings: Any) -> None:
    settings.BEHIND_PROXY, settings.PUBLIC_URL = False, "https://mdm.example.org"
    assert "BEHIND_PROXY=true" in check_proxy().advice
    settings.BEHIND_PROXY, settings.PUBLIC_URL = True, ""
    assert "PUBLIC_URL" in check_proxy().advice
    settings.DEBUG = True
    assert check_proxy().state == "failure"


def test_without_settings_it_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TOKEN_PEPPER"), "")
    done = operate("doctor", MDM_DATA=str(tmp_path), **nothing)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
