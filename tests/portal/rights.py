"""Every page of the portal in one table: who may open it, and which changes it offers to whom."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.files.uploadedfile import SimpleUploadedFile

EVERYBODY, USERS, SYSTEM = "", "users", "system"
READS = {
    "system-management": {USERS, SYSTEM},
    "system-read-only": {USERS, SYSTEM},
    "user-management": {USERS},
    "user-read-only": {USERS},
}
WRITES: dict[str, set[str]] = {
    "system-management": {USERS, SYSTEM},
    "system-read-only": set(),
    "user-management": {USERS},
    "user-read-only": set(),
}
OF_EVERYBODY = {"sign-out", "set-language", "registration", "audit-trails", "account"}
"""Pages whose forms are for everybody who reads them: they change what is one's own."""

Sent = dict[str, str | Callable[[], SimpleUploadedFile]]


@dataclass(frozen=True)
class Page:
    """A page: ``{user_id}`` and the like stand for what the portal of the tests has."""

    name: str
    area: str = EVERYBODY
    get: int = 200
    """What GET is answered with, to those who may open it."""
    changes: bool = False
    """Offers nothing but a change: not to be opened by those who only read."""
    sends: Sent | None = None
    """A form that changes something; None where nothing can be sent."""
    done: bool = True
    """Whether that form changes something as it is."""
    offers: tuple[str, ...] = ()
    """The changing pages and forms that are reached from here, besides the page's own form."""
    offers_area: str | None = None
    """The area that the offers belong to, where it is not the page's."""
    place: dict[str, str] = field(default_factory=dict)
    query: str = ""

    @property
    def writers_area(self) -> str:
        """Return the area that a role has to write to see the offers."""
        return self.area if self.offers_area is None else self.offers_area

    @property
    def offered(self) -> set[str]:
        """Return the names of all pages that the page leads to for a change."""
        return {*self.offers, *({self.name} if self.sends is not None and self.get == 200 else ())}


def _file() -> SimpleUploadedFile:
    """Return a file with one user."""
    return SimpleUploadedFile("people.csv", b"userName\nzoe@ex.org\n")


def _ask(action: str, **sends: str) -> Page:
    """Return an action of the Users list, for one user."""
    whom = {"user": "{user_id}", "count": "1"} | sends
    return Page(action, USERS, changes=True, sends={**whom}, query=f"?user={whom['user']}")


ON_SELECTED = tuple(
    f"users-{action}"
    for action in ("invite", "enable", "disable", "join", "leave", "assign", "remove", "delete")
)
ON_USER = ("user-invite", "user-edit", "user-disable", "user-delete")
ON_TOKEN = ("token-activate", "token-deactivate", "token-renew", "token-remove")
ON_CONFIGURATION = ("configuration-edit", "configuration-delete")
SLEEPER = {"user_id": "{sleeper}"}

SHELL = (
    Page("healthz"),
    Page("readyz"),
    Page("metrics", get=404),
    Page("home", get=302),
    Page("dashboard"),
    Page(
        "palette",
        offers=("connection-test", "token-generate"),
        offers_area=SYSTEM,
        query="?q=okta",
    ),
    Page("account"),
    Page("sign-in", get=302),
    Page("sign-out", get=405),
    Page("set-language", get=302),
    Page("registration"),
    Page("api-schema"),
    Page("api-docs"),
)
USER_PAGES = (
    Page("users", USERS, offers=("user-add", "user-import", *ON_SELECTED)),
    Page("users-columns", USERS, get=302),
    Page("users-export", USERS),
    Page("user-add", USERS, changes=True, sends={"user_name": "new"}),
    Page("user-import", USERS, changes=True, sends={"file": _file}),
    Page("user-import-template", USERS),
    Page("user-import-review", USERS, changes=True, sends={}, offers=("user-import",)),
    Page("user-import-errors", USERS),
    _ask("users-invite"),
    _ask("users-enable", user="{sleeper}"),
    _ask("users-disable"),
    _ask("users-delete", count=":1"),
    _ask("users-join", chosen_group="{group_id}", user="{sleeper}"),
    _ask("users-leave", chosen_group="{group_id}"),
    _ask("users-assign", name="costCenter", value="8", mode="overwrite"),
    _ask("users-remove", name="costCenter"),
    Page("user", USERS, offers=ON_USER),
    Page(
        "user",
        USERS,
        place=SLEEPER,
        offers=("user-invite", "user-edit", "user-enable", "user-delete"),
    ),
    Page("user", USERS, place={"user_id": "{owned}"}, offers=("user-invite",)),
    Page("user", USERS, place={"user_id": "{gone}"}, offers=("user-erase",)),
    Page("user-edit", USERS, changes=True, sends={"user_name": "ana@ex.org", "department": "Ops"}),
    Page("user-enable", USERS, get=405, sends={}, place=SLEEPER),
    Page("user-disable", USERS, changes=True, sends={}),
    Page("user-delete", USERS, changes=True, sends={}),
    Page("user-erase", USERS, changes=True, sends={}, place={"user_id": "{gone}"}),
    Page("user-invite", USERS, changes=True, sends={}),
    Page("user-attributes", USERS, offers=ON_USER),
    Page("user-groups-of", USERS, offers=ON_USER),
    Page("user-invitations", USERS, offers=ON_USER),
    Page("user-history", USERS, offers=ON_USER),
)
GROUP_PAGES = (
    Page("user-groups", USERS, offers=("user-group-add",)),
    Page("user-group-add", USERS, changes=True, sends={"name": "New"}),
    Page(
        "user-group",
        USERS,
        offers=(
            "user-group-rename",
            "user-group-delete",
            "user-group-add-members",
            "user-group-remove-members",
        ),
    ),
    Page("user-group", USERS, place={"group_id": "{owned_group}"}),
    Page("user-group-rename", USERS, changes=True, sends={"name": "Renamed"}),
    Page("user-group-delete", USERS, changes=True, sends={}),
    Page("user-group-add-members", USERS, changes=True, sends={"user": "{sleeper}"}),
    Page("user-group-remove-members", USERS, get=405, sends={"user": "{user_id}"}),
)
PROVISIONING_PAGES = (
    Page("provisioning", SYSTEM, offers=ON_TOKEN),
    Page(
        "provisioning-provider",
        SYSTEM,
        offers=("token-generate", "connection-test", *ON_TOKEN),
    ),
    Page("token-generate", SYSTEM, changes=True, sends={"nonce": "{nonce}", "lifetime": "90"}),
    Page("token-activate", SYSTEM, get=405, sends={}, done=False),
    Page("token-deactivate", SYSTEM, get=405, sends={}),
    Page("token-renew", SYSTEM, changes=True, sends={"nonce": "{nonce}", "overlap": "0"}),
    Page("token-remove", SYSTEM, changes=True, sends={}),
    Page("connection-test", SYSTEM, changes=True, sends={"token": "none"}, done=False),
    Page(
        "provisioning-settings",
        SYSTEM,
        sends={"auto_invite": "on", "name": "shoeSize"},
        offers=("custom-attribute-delete",),
    ),
    Page("custom-attribute-delete", SYSTEM, changes=True, sends={}),
    Page("scim-requests", SYSTEM),
    Page("scim-request", SYSTEM, offers=("scim-request-register",)),
    Page("scim-request-register", SYSTEM, get=405, sends={"name": "badgePin"}),
)
SYSTEM_PAGES = (
    Page(
        "system-attributes",
        SYSTEM,
        sends={"name": "shoeSize"},
        offers=("system-attribute-delete",),
    ),
    Page("system-attribute-delete", SYSTEM, changes=True, sends={}),
    Page("configurations", SYSTEM, offers=("configuration-choose",)),
    Page("configuration-choose", SYSTEM, changes=True, offers=("configuration-new",)),
    Page(
        "configuration-new",
        SYSTEM,
        changes=True,
        sends={"name": "New", "ssid": "Corp"},
        offers=("configuration-choose",),
    ),
    Page("configuration", SYSTEM, offers=ON_CONFIGURATION),
    Page(
        "configuration-edit",
        SYSTEM,
        changes=True,
        sends={"name": "Renamed", "key-0": "team", "value-0": "Ops"},
    ),
    Page("configuration-delete", SYSTEM, changes=True, sends={}),
    Page("configuration-preview", SYSTEM, offers=ON_CONFIGURATION, query="?q=ana"),
    Page("configuration-preview-of", SYSTEM, offers=ON_CONFIGURATION),
    Page("configuration-users", SYSTEM, offers=ON_CONFIGURATION),
    Page("audit-trails", SYSTEM),
    Page("audit-trails", SYSTEM, query="?view=grouped"),
    Page("audit-export", SYSTEM),
)
OPTIONS = {
    "remind_after": "7",
    "remind_every": "7",
    "remind_most": "3",
    "mails_per_minute": "100",
    "enrolment_url": "https://mdm.example.org/go",
}
WORDS = {"subject": "Welcome", "html": "<p>${{userActivationUrl}}</p>", "do": "save"}
MAIL = {"kind": "invitation", "language": "es"}
MAIL_PAGES = (
    Page("invitation-settings", SYSTEM, sends={**OPTIONS}),
    Page("email-templates", SYSTEM),
    Page(
        "email-template",
        SYSTEM,
        place=MAIL,
        sends={**WORDS},
        offers=("email-template-preview", "email-template-revert"),
    ),
    Page("email-template-preview", SYSTEM, place=MAIL),
    Page("email-template-revert", SYSTEM, changes=True, sends={}, place=MAIL),
)
PAGES = (*SHELL, *USER_PAGES, *GROUP_PAGES, *PROVISIONING_PAGES, *SYSTEM_PAGES, *MAIL_PAGES)
AREA = {page.name: page.area for page in PAGES}
CHANGING = {page.name for page in PAGES if page.changes}
