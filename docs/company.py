"""The make-believe company of the pictures: its people, its identity providers, its mail server."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import psycopg
from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DOMAIN = "example.com"
PEOPLE = (
    "Amira Haddad, Ana Torres, Ben Fischer, Carla Rossi, Chloé Lefèvre, Daniel Okafor, Elif Kaya, "
    "Emma Larsen, Felix Wagner, Grace Murphy, Hugo Martín, Inés Navarro, Jakub Nowak, Julia Braun, "
    "Karim Benali, Laura Sánchez, Liam Walsh, Lucía Fernández, Marta Silva, Mateo Ruiz, "
    "Mei Tanaka, Nadia Petrova, Noah Dubois, Olivia Jensen, Pablo Ortega, Priya Nair, "
    "Rosa Delgado, Samuel Cohen, Sofia Ricci, Tomás Vega, Valérie Moreau, Yusuf Demir"
).split(", ")
CONTRACTORS = "Aylin Şahin, George Evans, Paula Costa, Viktor Lund".split(", ")
DEPARTMENTS = ("Sales", "Engineering", "Finance", "Support", "Logistics")
LOG_SECONDS = 2
"""Until the request log is written: lines of two processes come in its order."""
SITES = ("Madrid", "Lyon", "Dublin")
BOUNCES = f"noah.dubois@{DOMAIN}"
LINK = re.compile(r"https?://\S+/register/\S+/")
CSV = """userName,displayName,email,department,costCenter
reception@example.com,Reception Madrid,reception@example.com,Facilities,ES-100
warehouse@example.com,Warehouse Lyon,warehouse@example.com,Logistics,FR-210
kiosk@example.com,Kiosk Dublin,kiosk at example.com,Facilities,IE-310
ana.torres@example.com,Ana Torres,ana.torres@example.com,Sales,ES-100
"""


class Mails:
    """A mail server that knows all people but one, and keeps what it gets."""

    def __init__(self) -> None:
        self.by_address: dict[str, str] = {}

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:  # noqa: N802, E501
        """Refuse one mailbox as a mail server does."""
        if address == BOUNCES:
            return "550 5.1.1 The mailbox does not exist"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail's text."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr, attr-defined]
        self.by_address[envelope.rcpt_tos[0]] = text
        return "250 OK"

    def link_of(self, address: str) -> str:
        """Return the link of the invitation that somebody got, once it is there."""
        wait(lambda: address in self.by_address)
        return LINK.search(self.by_address[address]).group()  # type: ignore[union-attr]


def mail_server(mails: Mails) -> Controller:
    """Return a running mail server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mails, hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def wait(is_so: Callable[[], Any], seconds: int = 60) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("The portal did not do what the pictures need.")
        time.sleep(0.5)


def manage(data: Path, *arguments: str) -> str:
    """Return what a command of the running portal prints."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def age(data: Path, statement: str, values: list[Any]) -> None:
    """Let time pass where a picture needs something old: all else is done for real."""
    url = json.loads((data / "up.json").read_text())["environment"]["DATABASE_URL"]
    with psycopg.connect(url) as database:
        database.execute(statement, values)


def age_token(data: Path, provider: str) -> None:
    """Let the token of a provider, made for 90 days, come near its end."""
    statement = (
        "UPDATE tokens_scimtoken SET created_at = created_at - interval '84 days', "
        "expires_at = expires_at - interval '84 days' WHERE provider = %s"
    )
    age(data, statement, [provider])


def address_of(name: str) -> str:
    """Return the address of somebody at the company."""
    plain = name.lower().translate(str.maketrans("áéèíóúñşğ", "aeeiounsg")).replace(" ", ".")
    return f"{plain}@{DOMAIN}"


def person(number: int, name: str) -> dict[str, Any]:
    """Return what an identity provider sends of somebody."""
    given, _space, family = name.partition(" ")
    site = SITES[number % len(SITES)]
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", IVANTI, ENTERPRISE],
        "userName": address_of(name),
        "externalId": f"00u{number:04}",
        "displayName": name,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": address_of(name), "type": "work", "primary": True}],
        "active": number % 11 != 10,
        IVANTI: {"costCenter": f"{site[:2].upper()}-{number % 4 + 1}00", "site": site},
        ENTERPRISE: {"department": DEPARTMENTS[number % len(DEPARTMENTS)]},
    }


def push(url: str, token: str, people: list[str], first: int) -> httpx.Client:
    """Let an identity provider push people and the groups of their departments."""
    scim = httpx.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
        follow_redirects=True,
    )
    members: dict[str, list[dict[str, str]]] = {}
    for number, name in enumerate(people, first):
        sent = person(number, name)
        made = scim.post(f"{url}/Users", json=sent).raise_for_status().json()
        members.setdefault(sent[ENTERPRISE]["department"], []).append({"value": made["id"]})
    for department, ids in members.items() if first == 0 else ():
        group = {"displayName": department, "members": ids}
        group["schemas"] = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        scim.post(f"{url}/Groups", json=group).raise_for_status()
    return scim


def ask_amiss(scim: httpx.Client, url: str) -> None:
    """Ask what is refused, and what is accepted with attributes that are ignored."""
    users = f"{url}/Users"
    time.sleep(LOG_SECONDS)
    scim.post(users, json=person(0, PEOPLE[0]))
    found = scim.get(users, params={"filter": f'userName eq "{address_of(PEOPLE[1])}"'}).json()
    one = found["Resources"][0]["id"]
    patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    rename = {"op": "replace", "path": "userName", "value": f"someone.else@{DOMAIN}"}
    scim.patch(f"{users}/{one}", json=patch | {"Operations": [rename]})
    httpx.get(users, headers={"Authorization": "Bearer scim_removed"})
    more = person(40, "Ivy Clarke") | {"title": "Account manager", "active": True}
    more[IVANTI]["badgeNumber"] = "4711"
    scim.post(users, json=more).raise_for_status()


def configure(address: str, data: Path) -> str:
    """Make configurations by the admin API; return the id of the first."""
    token = json.loads(
        manage(data, "api_token", "create", "--username", "admin", "--name", "Scripts", "--json")
    )["token"]
    made = [
        {
            "kind": "wifi",
            "name": "Office Wi-Fi",
            "values": {"ssid": "Example-Corp", "identity": "${userUID}"},
            "secrets": {"password": "of the pictures"},
        },
        {
            "kind": "custom",
            "name": "Asset labels",
            "values": {"owner": "${userDisplayName}", "costCenter": "${costCenter}"},
        },
    ]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as api:
        answers = [api.post(f"{address}/api/v1/configurations/", json=one) for one in made]
    return str([answer.raise_for_status().json()["id"] for answer in answers][-1])


def invite(data: Path, mails: Mails) -> str:
    """Invite people; one mail bounces, one invitation is of last month. Return an open link."""
    invited = [address_of(name) for name in PEOPLE[:9]]
    manage(data, "invitations", "send", *invited, BOUNCES, "--yes")
    wait(lambda: len(mails.by_address) >= len(invited))
    age(
        data,
        "UPDATE invitations_invitation SET sent_at = sent_at - interval '31 days' "
        "WHERE user_id IN (SELECT id FROM directory_user WHERE user_name = ANY(%s))",
        [invited[5:7]],
    )
    manage(data, "housekeeping", "expire-invitations")
    return mails.link_of(invited[1])
