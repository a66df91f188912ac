"""What a page of the portal costs on a small and on a large directory, and how it grows.

    .venv/bin/python -m bench.portal [--users N] [--events N] [--rounds N]
    .venv/bin/python -m bench.portal --weight

Starts its own servers and throws their data away. ``--weight`` tells instead what Chromium
loads for each page that it has never seen: requests, and kilobytes as they cross the wire. Else
each page is asked for over HTTP as a signed-in administrator does, one at a time; the figures are
the best of some rounds.
"""

import argparse
import http.client
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.population import fill
from bench.servers import portal, served
from bench.weight import cold

SMALL = (1_000, 10_000)
AFRESH = "nothing remembered"
"""How the names of pages end whose figures are worked out each time."""
PAGES = {
    "dashboard": "/dashboard/",
    f"dashboard, {AFRESH}": "/dashboard/",
    "users": "/users/",
    "users, 100 a page": "/users/?size=100",
    "users, page 400": "/users/?page=400",
    "users, newest first": "/users/?sort=-created",
    "users by status": "/users/?sort=status",
    "users by status, page 400": "/users/?sort=-status&page=400",
    "users: search, many": "/users/?q=garcia",
    "users: search, two words": "/users/?q=zoe+haddad",
    "users: search, one": "/users/?q=luis.smith1001@ex.org",
    "users: search, two letters": "/users/?q=zo",
    "users: search, nobody": "/users/?q=nobody+at+all",
    "users of a source": "/users/?source=entra",
    "users, inactive": "/users/?status=inactive",
    "users, invitation expired": "/users/?invite_status=expired",
    "users, not invited": "/users/?invite_status=not_invited",
    "users of a group": "/users/?group=Team+7",
    "users of a department": "/users/?department=Legal",
    "users by attribute value": "/users/?attribute=costCenter&attribute_value=cc-77",
    "one user": "/users/{user}/",
    "one user: history": "/users/{user}/history/",
    "user groups": "/users/groups/",
    "a group of 5,000": "/users/groups/{group}/",
    "a group of 5,000: search": "/users/groups/{group}/?q=garcia",
    "attributes": "/admin/system/attributes/",
    "audit trails": "/audit/",
    "audit trails, grouped": "/audit/?view=grouped",
    "audit trails: category": "/audit/?category=access",
    "audit trails: an activity": "/audit/?event=administrator.signed_in",
    "audit trails: quick search": "/audit/?q=garcia",
    "audit trails: search, nothing": "/audit/?q=nobody+at+all",
    "audit trails: by name": "/audit/?name=zoe",
    "audit trails: performed by": "/audit/?performed_by=nobody",
    "audit trails: failures": "/audit/?status=failure",
    "audit trails: a week": "/audit/?start={start}&end={end}",
    "audit trails: a week, grouped": "/audit/?view=grouped&start={start}&end={end}",
    "audit trails: far back": "/audit/?before={before}",
    "SCIM requests": "/admin/identity/user-provisioning/requests/",
    "SCIM requests, failed": "/admin/identity/user-provisioning/requests/?status=failed",
    "SCIM requests of one IdP": "/admin/identity/user-provisioning/requests/?provider=entra",
    "palette": "/palette/?q=garcia",
}


class Reader:
    """A signed-in administrator with one connection."""

    def __init__(self, url: str, session: str) -> None:
        """Connect to the portal's address."""
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        self.headers = {"Cookie": f"sessionid={session}"}

    def read(self, path: str) -> bytes:
        """Return a page; fail on an error."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (path, answer.status, content[:300])
        return content

    def milliseconds(self, path: str, rounds: int, *, is_afresh: bool = False) -> float:
        """Return the least time of a page, once it is warm: other work can only add to it."""
        from django.core.cache import cache

        self.read(path)
        times = []
        for _round in range(rounds):
            if is_afresh:
                cache.clear()
            started = time.perf_counter()
            self.read(path)
            times.append(time.perf_counter() - started)
        return min(times) * 1000


def main() -> None:
    """Measure twice and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--weight", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data, portal(Path(data)) as environment:
        os.environ.update(environment)
        session = _sign_in()
        with served("mdm_portal.wsgi:application", environment) as url:
            if options.weight:
                _weigh(url, session, options)
                return
            small = _measure(url, session, *SMALL, options.rounds)
            large = _measure(url, session, options.users, options.events, options.rounds)
    _print(small, large, options)


def _sign_in() -> str:
    """Return the session of a new administrator, and register what the users have."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "mdm_portal.settings"
    import django

    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore

    from audit.actors import Actor
    from scim_provisioning.settings.services import add_custom_attribute

    add_custom_attribute(name="costCenter", actor=Actor.system())
    boss = User.objects.create_user("bench", is_superuser=True)
    session = SessionStore()
    session[SESSION_KEY] = str(boss.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = boss.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _measure(url: str, session: str, users: int, events: int, rounds: int) -> dict[str, float]:
    """Return the milliseconds of each page on so much data."""
    from django.db import connection

    with connection.cursor() as cursor:
        fill(cursor, users, events)
        known = _known(cursor)
    reader = Reader(url, session)
    return {
        name: reader.milliseconds(path.format(**known), rounds, is_afresh=name.endswith(AFRESH))
        for name, path in PAGES.items()
    }


def _weigh(url: str, session: str, options: argparse.Namespace) -> None:
    """Print what each page costs who opens it for the first time."""
    from django.db import connection

    with connection.cursor() as cursor:
        fill(cursor, *SMALL)
        known = _known(cursor)
    print(f"{'page':32} {'requests':>8} {'kilobytes':>9}")
    for name, path in PAGES.items():
        requests, size = cold(url, session, path.format(**known))
        print(f"{name:32} {requests:8} {size / 1024:9.1f}")


def _known(cursor: Any) -> dict[str, Any]:
    """Return what the addresses name: a user, the large group, an old event, a week."""
    cursor.execute(
        """SELECT (SELECT id FROM directory_user ORDER BY id LIMIT 1) AS "user",
          (SELECT id FROM directory_group ORDER BY id LIMIT 1) AS "group",
          (SELECT max(id) / 2 FROM audit_event) AS before,
          current_date - 20 AS start, current_date - 13 AS "end" """
    )
    names = [column[0] for column in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _print(small: dict[str, float], large: dict[str, float], options: argparse.Namespace) -> None:
    """Print a row a page."""
    print(f"{'page':32} {SMALL[0]:>10,} {options.users:>10,}  users")
    print(f"{'':32} {SMALL[1]:>10,} {options.events:>10,}  audit events")
    for name in PAGES:
        ratio = large[name] / small[name]
        print(f"{name:32} {small[name]:7.1f} ms {large[name]:7.1f} ms {ratio:7.2f}")


if __name__ == "__main__":
    main()
