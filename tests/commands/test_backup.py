"""``manage.py backup`` and ``restore``: with PostgreSQL's own programs, on real databases."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from pytest import TempPathFactory
from pytest_django.plugin import DjangoDbBlocker

from audit.actors import Actor
from mdm_portal.postgresql_tools import NoTools, tools
from mdm_portal.runtime import BASE
from scim_provisioning.directory.services import create_users
from scim_provisioning.directory.state import UserState
from scim_provisioning.settings.services import add_custom_attribute
from scim_provisioning.tokens.services import generate
from tests.commands.site import database_url, empty_database, environment, operate, told

pytestmark = pytest.mark.django_db(transaction=True)
ANA = Actor("administrator", "7", "ana")
# Of this process alone: several run beside each other.
RESTORED = f"restored_{os.getpid()}"
NASTY = "Zoë “1” O'Neill \\. \t\n\\N 日本"
FINGERPRINT = """
SELECT coalesce(md5(string_agg(line, '|' ORDER BY line)), '') FROM
    (SELECT t::text AS line FROM "{table}" AS t) AS lines
"""


def fill() -> None:
    """Fill the database of the tests."""
    add_custom_attribute(name="costCenter", actor=ANA)
    states = [
        UserState(user_name=f"user{number}", display_name=NASTY, custom={"costCenter": NASTY})
        for number in range(50)
    ]
    create_users(states=states, actor=ANA)
    generate(provider="okta", lifetime_days=None, actor=ANA)


@pytest.fixture
def filled(transactional_db: None) -> None:
    """Fill the database of the tests."""
    fill()


@pytest.fixture(scope="module")
def kept(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: TempPathFactory
) -> Path:
    """Return a backup of the filled database of the tests, made once: tests copy it."""
    file = tmp_path_factory.mktemp("kept") / "portal.dump"
    with django_db_blocker.unblock():
        fill()
        done = operate("backup", file)
        call_command("flush", interactive=False, verbosity=0)
    assert done.returncode == 0, done.stderr
    return file


@pytest.fixture
def backup(kept: Path, tmp_path: Path) -> Path:
    """Return a backup."""
    return Path(shutil.copy(kept, tmp_path))


@pytest.fixture
def other() -> Iterator[str]:
    """Return the address of an empty database."""
    with empty_database(RESTORED) as url:
        yield url


@pytest.fixture(scope="module")
def pattern(kept: Path) -> Iterator[str]:
    """Return the name of a database to which the backup was restored, once: tests copy it."""
    with empty_database(f"{RESTORED}_pattern") as url:
        done = operate("restore", kept, DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        yield f"{RESTORED}_pattern"


@pytest.fixture
def restored(pattern: str) -> Iterator[str]:
    """Return the address of a database to which the backup was restored."""
    with empty_database(RESTORED, template=pattern) as url:
        yield url


def everything(url: str) -> dict[str, str]:
    """Return a fingerprint of each table and sequence."""
    with psycopg.connect(url) as link:
        tables = link.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind = 'r'"
        ).fetchall()
        found = {}
        for (name,) in tables:
            row = link.execute(FINGERPRINT.format(table=name)).fetchone()
            assert row
            found[name] = row[0]
        sequences = "SELECT sequencename, last_value::text FROM pg_sequences"
        return found | {f"{name}": f"{last}" for name, last in link.execute(sequences).fetchall()}


def test_what_is_backed_up_is_what_is_restored(filled: None, tmp_path: Path, other: str) -> None:
    backup = tmp_path / "portal.dump"
    assert operate("backup", backup).returncode == 0
    assert backup.stat().st_mode & 0o077 == 0
    done = told("restore", backup, DATABASE_URL=other)
    assert (done["replaced"], done["left"]) == (False, [])
    ours = everything(database_url())
    assert everything(other) == ours
    assert len(ours) > 25
    with psycopg.connect(other) as link, pytest.raises(psycopg.Error, match="append-only"):
        link.execute("DELETE FROM audit_event")


def test_a_changed_database_is_replaced_as_a_whole(backup: Path, restored: str) -> None:
    before = everything(restored)
    with psycopg.connect(restored) as link:
        link.execute("UPDATE directory_user SET display_name = 'x'")
        link.execute("DROP TABLE api_apitoken")
        link.execute("CREATE TABLE of_a_later_release (id serial PRIMARY KEY, word text)")
        link.execute("CREATE VIEW newer AS SELECT user_name FROM directory_user")
        link.execute("CREATE FUNCTION newer() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    refused = operate("restore", backup, DATABASE_URL=restored)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"{RESTORED} is not empty" in refused.stderr
    asked = operate("restore", backup, "--replace", stdin="", DATABASE_URL=restored)
    assert asked.returncode == 1
    assert "of_a_later_release" in everything(restored)
    done = told("restore", backup, "--replace", "--yes", DATABASE_URL=restored)
    assert done["replaced"] is True
    assert everything(restored) == before
    with psycopg.connect(restored) as link:
        row = link.execute("SELECT count(*) FROM pg_proc WHERE proname = 'newer'").fetchone()
    assert row == (0,)


def test_the_name_of_the_database_has_to_be_typed(backup: Path, restored: str) -> None:
    before = everything(restored)
    with psycopg.connect(restored) as link:
        link.execute("UPDATE directory_user SET display_name = 'x'")
    assert "not its name" in typed("y\n", backup, restored)
    assert everything(restored) != before
    assert "is restored" in typed(f"{RESTORED}\n", backup, restored)
    assert everything(restored) == before


def typed(answer: str, backup: Path, url: str) -> str:
    """Return what is said at a terminal where somebody types an answer."""
    master, slave = os.openpty()
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "restore", str(backup)]
    process = subprocess.Popen(
        [*command, "--replace"],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(DATABASE_URL=url),
    )
    os.write(master, answer.encode())
    said, _nothing = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    return said


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"SELECT 1;\n" * 999, os.urandom(5000)])
def test_a_wrong_file_is_one_line_and_changes_nothing(
    other: str, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "wrong"
    file.write_bytes(content)
    refused = operate("restore", file, DATABASE_URL=other)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is no backup" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert everything(other) == {}


def test_no_file_is_one_line(other: str, tmp_path: Path) -> None:
    refused = operate("restore", tmp_path / "nothing", DATABASE_URL=other)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


def test_a_backup_of_something_else_is_refused(other: str, tmp_path: Path) -> None:
    with psycopg.connect(other) as link:
        link.execute("CREATE TABLE cats (name text)")
    file = tmp_path / "cats"
    assert operate("backup", file, DATABASE_URL=other).returncode == 0
    refused = operate("restore", file, "--replace", "--yes", DATABASE_URL=other)
    assert "no portal in it" in refused.stderr
    assert set(everything(other)) == {"cats"}


def test_a_damaged_backup_changes_nothing(backup: Path, restored: str) -> None:
    before = everything(restored)
    # The table of contents at its beginning is whole, the rows are not.
    backup.write_bytes(backup.read_bytes()[:-500])
    refused = operate("restore", backup, "--replace", "--yes", DATABASE_URL=restored)
    assert refused.returncode == 1
    assert "is damaged, nothing was changed" in refused.stderr
    assert everything(restored) == before


def test_killed_half_way_it_changes_nothing(backup: Path, restored: str) -> None:
    before = everything(restored)
    with psycopg.connect(restored) as link:
        # Held: the restore begins, and waits.
        link.execute("LOCK TABLE directory_user IN ACCESS SHARE MODE")
        command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "restore", str(backup)]
        process = subprocess.Popen(
            [*command, "--replace", "--yes"], env=environment(DATABASE_URL=restored)
        )
        end = time.monotonic() + 30
        while not _somebody_waits(link):
            assert time.monotonic() < end
            time.sleep(0.05)
        process.kill()
        process.wait()
    end = time.monotonic() + 30
    while _others(restored) and time.monotonic() < end:
        time.sleep(0.05)
    assert everything(restored) == before


def _somebody_waits(link: "psycopg.Connection[tuple[object, ...]]") -> bool:
    return bool(link.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())


def _others(url: str) -> bool:
    """Tell whether anybody else is connected."""
    with psycopg.connect(url) as link:
        question = (
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
        return bool(link.execute(question).fetchone())


def test_while_somebody_uses_the_database_nothing_is_changed(backup: Path, restored: str) -> None:
    with psycopg.connect(restored) as link:
        link.execute("SELECT count(*) FROM directory_user")
        refused = operate("restore", backup, "--replace", "--yes", DATABASE_URL=restored)
    assert refused.returncode == 1
    assert "Stop portal and worker" in refused.stderr


def test_an_older_backup_is_sent_to_prepare_and_a_lost_pepper_is_told(
    backup: Path, other: str
) -> None:
    done = told("restore", backup, DATABASE_URL=other, TOKEN_PEPPER="another")
    assert [one["state"] for one in done["left"]] == ["failure"]
    assert "TOKEN_PEPPER" in done["left"][0]["text"]
    with psycopg.connect(other) as link:
        link.execute("DELETE FROM django_migrations WHERE app = 'tokens'")
    older = backup.with_name("older")
    assert operate("backup", older, DATABASE_URL=other).returncode == 0
    done = told("restore", older, "--replace", "--yes", DATABASE_URL=other)
    assert "manage.py prepare" in done["left"][0]["advice"]


def test_a_backup_can_be_piped(filled: None) -> None:
    command = [sys.executable, "-W", "ignore", str(BASE / "manage.py"), "backup", "-", "--json"]
    done = subprocess.run(command, capture_output=True, check=True, env=environment())
    assert done.stdout.startswith(b"PGDMP")
    assert json.loads(done.stderr)["bytes"] == len(done.stdout)


def test_a_file_that_is_there_is_not_overwritten(backup: Path) -> None:
    content = backup.read_bytes()
    refused = operate("backup", backup)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert backup.read_bytes() == content
    assert list(backup.parent.iterdir()) == [backup]


def test_a_database_that_is_away_is_exit_code_2_and_leaves_no_file(tmp_path: Path) -> None:
    away = operate(
        "backup",
        tmp_path / "x",
        DATABASE_URL="postgres://x@127.0.0.1:1/x?connect_timeout=1",
        DATABASE_POOL_TIMEOUT="1",
    )
    assert away.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_without_programs_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from mdm_portal import postgresql_tools

    assert tools().major >= 15
    monkeypatch.setattr(postgresql_tools, "_folders", lambda: iter(()))
    with pytest.raises(NoTools, match="apt-get install postgresql-client-"):
        tools()
