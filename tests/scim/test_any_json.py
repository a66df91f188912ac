"""Whatever JSON comes, on whatever address: an answer of SCIM, and never a fault of ours."""

import json
from typing import Any, cast
from urllib.parse import urlencode

from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.settings.services import add_custom_attribute
from tests.scim.client import ROOT, Answer, ScimClient
from tests.scim.conftest import connect, operator
from tests.scim.patch_strategies import mostly

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
IVANTI = "urn:ietf:params:scim:schemas:extension:ivanti:2.0:User"

STATUS_OF = {
    "invalidFilter": 400,
    "tooMany": 400,
    "uniqueness": 409,
    "mutability": 400,
    "invalidSyntax": 400,
    "invalidPath": 400,
    "noTarget": 400,
    "invalidValue": 400,
    "invalidVers": 400,
    "sensitive": 403,
    "expiredCursor": 400,
    "invalidCursor": 400,
    "invalidCount": 400,
}
"""The values of scimType: RFC 7644 section 3.12 and RFC 9865 section 2.1."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
ROUTES = (
    "/Users",
    "/Users/{user}",
    "/Users/.search",
    "/Groups",
    "/Groups/{group}",
    "/Groups/.search",
    "/.search",
    "/Bulk",
    "/Me",
    "/Schemas",
    f"/Schemas/{USER}",
    "/ResourceTypes",
    "/ResourceTypes/User",
    "/ServiceProviderConfig",
    "/Users/none",
    "/Groups/01a1fd08-5946-771b-81cb-898318798590/",
    "/nothing",
    "/",
    "",
)
NOT_OFFERED = ("/Bulk", "/Me")

NAMES = (
    "schemas id externalId meta userName name givenName familyName formatted displayName active "
    "emails value type primary display $ref members groups title manager department costCode "
    "Operations op path startIndex count cursor filter sortBy sortOrder attributes "
    "excludedAttributes"
).split() + [ENTERPRISE, IVANTI, USER, f"{IVANTI}:costCode", "name.givenName", "__proto__"]
PATHS = [
    *NAMES,
    'emails[type eq "work"].value',
    "emails[primary eq true]",
    'members[value eq "{user}"]',
    'members[display co ""]',
    f'{USER}:emails[value pr and not (type eq "x")].display',
    "emails[",
    "members.value",
]
ODD = ["\0", "a\0b", "\U0001f389", "x" * 1100, "", " ", "%00", "İ", "{user}", "{deep}", "\ud800"]
DEEP = "[" * 1000 + "]" * 1000
"""What stands for ``"{deep}"``: lists as deep as the parser lets through."""
FILTERS = [
    'userName eq "a"',
    'emails[value co "\0"]',
    'id eq "\ud800"',
    "active eq 5",
    "meta.created gt 1e400",
    "members.value pr",
    "not (",
    "(" * 300,
    "(" * 2000 + "active eq true" + ")" * 2000,
    "not (" * 1300 + "active eq true" + ")" * 1300,
    "emails[" + "(" * 2000 + "value pr" + ")" * 2000 + "]",
    " and ".join(["title pr"] * 400),
    " or ".join(['userName eq "a"'] * 400),
    'meta.lastModified lt "9999-99-99T00:00:00Z"',
    'meta.version eq "W/\\"99999999999\\""',
]
CASES = (str, str, str, str.lower, str.upper, str.swapcase, str.title)

words = st.sampled_from([*NAMES, "a", "true", "work", SEARCH]) | st.text(max_size=5)
texts = mostly(words, st.sampled_from(ODD))
numbers = (
    st.integers()
    | st.sampled_from([0, 1, -1, 2**31, 2**63, 2**64, 10**30, -(10**400)])
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts | st.sampled_from(ODD)
keys = st.builds(lambda name, case: case(name), st.sampled_from(NAMES), st.sampled_from(CASES))
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | texts, inner, max_size=4),
    max_leaves=12,
)


def rather(good: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what is mostly good: of a body, what is odd first hides all else."""
    return mostly(good, anything)


member_lists = st.lists(st.fixed_dictionaries({"value": rather(st.just("{user}"))}), max_size=2)
email_lists = st.lists(
    st.dictionaries(keys, anything, max_size=2)
    | st.fixed_dictionaries({"value": texts}, optional={"type": texts, "PRIMARY": anything}),
    max_size=2,
)
operations = st.fixed_dictionaries(
    {"op": rather(st.sampled_from(["add", "Replace", "REMOVE"]))},
    optional={
        "path": rather(st.sampled_from(PATHS)),
        "value": anything | email_lists | member_lists | texts,
    },
)
BODIES: dict[str, st.SearchStrategy[Any]] = {
    "user": st.fixed_dictionaries(
        {"userName": rather(st.sampled_from(["Ana", "b", "ß"]))},
        optional={
            "externalId": rather(texts),
            "displayName": rather(texts),
            "Name": rather(st.dictionaries(keys, texts, max_size=3)),
            "emails": rather(email_lists),
            "active": rather(st.booleans()),
            ENTERPRISE: rather(st.dictionaries(keys, texts, max_size=3)),
            IVANTI: rather(st.dictionaries(keys, scalars, max_size=3)),
        },
    ),
    "group": st.fixed_dictionaries(
        {"displayName": rather(st.sampled_from(["G", "H"]))},
        optional={"externalId": rather(texts), "members": rather(member_lists)},
    ),
    "patch": st.fixed_dictionaries(
        {"Operations": rather(st.lists(operations, min_size=1, max_size=3))},
        optional={"schemas": rather(st.just([PATCH_OP]))},
    ),
    "search": st.fixed_dictionaries(
        {"schemas": rather(st.just([SEARCH]))},
        optional={
            "filter": rather(st.sampled_from(FILTERS)),
            "sortBy": rather(st.sampled_from(PATHS)),
            "sortOrder": rather(st.sampled_from(["ascending", "descending"])),
            "startIndex": rather(numbers),
            "count": rather(numbers),
            "cursor": rather(texts),
            "attributes": rather(st.lists(texts, max_size=2)),
            "excludedAttributes": rather(st.lists(texts, max_size=2)),
        },
    ),
    "other": anything | st.dictionaries(keys, anything, max_size=5),
}
ADDRESSES = [
    ("POST", "/Users", "user"),
    ("PUT", "/Users/{user}", "user"),
    ("PATCH", "/Users/{user}", "patch"),
    ("POST", "/Groups", "group"),
    ("PUT", "/Groups/{group}", "group"),
    ("PATCH", "/Groups/{group}", "patch"),
    ("POST", "/.search", "search"),
    ("POST", "/Users/.search", "search"),
    ("POST", "/Groups/.search", "search"),
]
"""Where a body is read, and its kind."""
RAW = [
    "",
    " ",
    "null",
    "[" * 5000,
    '{"a":' * 3000 + "1" + "}" * 3000,
    "1e999",
    '{"userName":1e999}',
    '{"userName":"a","userName":null}',
    '{"userName":"\\u0000"}',
    '{"userName":"\\ud83c\\ud83c"}',
    "\ufeff{}",
    "'a'",
    '{"count":' + "9" * 5000 + "}",
    '{"userName":NaN}',
    *(
        f'{{"schemas":["{SEARCH}"],"{name}":{DEEP}}}'
        for name in ("filter", "sortBy", "sortOrder", "count", "startIndex", "cursor", "attributes")
    ),
    *(f'{{"Operations":[{{"{name}":{DEEP}}}]}}' for name in ("op", "path", "value")),
    f'{{"schemas":{DEEP}}}',
]
"""Bodies that no JSON value writes itself as."""

queries = st.dictionaries(
    st.sampled_from(["filter", "sortBy", "startIndex", "count", "cursor", "attributes", "x"]),
    st.sampled_from([item for item in [*FILTERS, *PATHS, *ODD, "1"] if "\ud800" not in item]),
    max_size=2,
)


def filled(value: Any, ids: dict[str, str]) -> str:
    """Return a body with our ids in the places that are meant for them."""
    text = json.dumps(value)
    for name, found in ids.items():
        text = text.replace(f"{{{name}}}", found)
    return text.replace('"{deep}"', DEEP)


class AnyJsonTest(TestCase):
    """Any JSON, any method, any address."""

    clients: dict[str, ScimClient]
    ids: dict[str, str]

    @classmethod
    def setUpTestData(cls) -> None:
        """Connect a strict and a tolerant client; create a user in a group."""
        add_custom_attribute(name="costCode", actor=operator())
        cls.clients = {provider: connect(provider) for provider in ("other", "entra")}
        client = cls.clients["other"]
        email = {"value": "ana@ex.org", "type": "work", "primary": True}
        user = client.post("/Users", {"userName": "Ana", "emails": [email]}).json()
        members = [{"value": user["id"]}]
        group = client.post("/Groups", {"displayName": "G", "members": members}).json()
        cls.ids = {"user": user["id"], "group": group["id"]}

    @settings(max_examples=500, deadline=None)
    @given(
        provider=st.sampled_from(["other", "entra"]),
        method=st.sampled_from(METHODS),
        route=st.sampled_from(ROUTES),
        query=st.just({}) | queries,
        body=st.one_of(*BODIES.values()),
    )
    def test_any_body_anywhere(
        self, provider: str, method: str, route: str, query: dict[str, str], body: Any
    ) -> None:
        self.check(provider, method, route, filled(body, self.ids), query)

    @settings(max_examples=900, deadline=None)
    @given(
        provider=st.sampled_from(["other", "entra"]),
        sent=st.sampled_from(ADDRESSES).flatmap(
            lambda address: st.tuples(st.just(address), BODIES[address[2]])
        ),
    )
    def test_a_body_of_the_kind_that_is_read(
        self, provider: str, sent: tuple[tuple[str, str, str], Any]
    ) -> None:
        (method, route, _kind), body = sent
        self.check(provider, method, route, filled(body, self.ids), {})

    def test_what_no_json_value_writes(self) -> None:
        for method in ("POST", "PUT", "PATCH"):
            for route in ROUTES:
                for body in RAW:
                    self.check("other", method, route, body, {})

    def check(
        self, provider: str, method: str, route: str, body: str, query: dict[str, str]
    ) -> None:
        """Send a request and look at the answer."""
        path = route.format_map(self.ids) + (f"?{urlencode(query)}" if query else "")
        sent = f"{provider}: {method} {path} {body}"
        answer = send(self.clients[provider], method, path, body.encode())
        is_offered = route not in NOT_OFFERED
        assert answer.status_code < 500 or (answer.status_code == 501 and not is_offered), sent
        if answer.status_code >= 400 and method != "HEAD":
            assert is_error(answer), (sent, answer.content)
        elif answer.content:
            assert answer["Content-Type"] == "application/scim+json"
            assert answer.json()["schemas"], sent


def send(client: ScimClient, method: str, path: str, body: bytes) -> Answer:
    """Return the answer to a body as it stands."""
    answer = Client().generic(
        method,
        ROOT + path,
        body,
        content_type="application/scim+json",
        headers={"Authorization": f"Bearer {client.secret}"},
    )
    return cast(Answer, answer)


def is_error(answer: Answer) -> bool:
    """Return whether the body is an Error of RFC 7644 section 3.12."""
    error = answer.json()
    return (
        answer["Content-Type"] == "application/scim+json"
        and error["schemas"] == [ERROR]
        and error["status"] == str(answer.status_code)
        and error["detail"].strip() != ""
        and error.keys() <= {"schemas", "status", "scimType", "detail"}
        and STATUS_OF.get(error.get("scimType"), answer.status_code) == answer.status_code
        and error.get("scimType", "invalidValue") in STATUS_OF
    )
