"""Pages of real answers against slices of a plain list, also while users come and go."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.directory.models import Group, User
from tests.scim.client import ScimClient
from tests.scim.conftest import connect

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
DEPARTMENT = f"{ENTERPRISE}:department"
DEFAULT, MOST = 100, 200
"""The sizes of a page that ``/ServiceProviderConfig`` announces."""

Traits = tuple[str, bool, str]
"""Department, active and mail of a user: what lists are sorted and filtered by."""
Row = dict[str, Any]
"""A user as the test knows it: its id, and its sort keys by the names that ``sortBy`` has."""
Event = tuple[str, Any]
"""What happens between two pages: a user comes with its traits, or the nth one goes."""

traits = st.tuples(
    st.sampled_from(["", "a", "A", "b", "ß", "Z"]), st.booleans(), st.sampled_from(["", "x", "Y"])
)
crowds = st.lists(traits, max_size=20)
events = st.lists(
    st.tuples(st.just("comes"), traits) | st.tuples(st.just("goes"), st.integers(0, 16)),
    max_size=3,
)
huge = st.sampled_from([10**6, 10**30, -(10**30)])
numbers = st.none() | st.integers(-3, 20) | huge


@dataclass(frozen=True)
class Query:
    """What a list is asked for, its page excepted."""

    sort_by: str | None = None
    sort_order: str | None = None
    only_active: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """Return it as a client sends it."""
        found = {
            "sortBy": self.sort_by,
            "sortOrder": self.sort_order,
            "filter": "active eq true" if self.only_active else None,
        }
        return {name: value for name, value in found.items() if value is not None}

    def ordered(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in the order of the list; equal ones by id, also when descending."""
        chosen = [row for row in rows if not self.only_active or row["active"][1]]
        chosen.sort(key=lambda row: row["id"])
        if self.sort_by is not None:
            name = self.sort_by
            is_falling = self.sort_order == "descending"
            chosen.sort(key=lambda row: row[name], reverse=is_falling)
        return chosen

    def ids(self, rows: Sequence[Row]) -> list[str]:
        """Return the ids of the list."""
        return [row["id"] for row in self.ordered(rows)]


queries = st.builds(
    Query,
    st.none() | st.sampled_from(["userName", DEPARTMENT, "active", "emails.value", "emails", "id"]),
    st.sampled_from([None, "ascending", "descending"]),
    st.booleans(),
)


class Directory:
    """Users in the service, and the same users in a plain list."""

    def __init__(self, client: ScimClient, crowd: Sequence[Traits]) -> None:
        """Store a crowd, past the service."""
        self.client = client
        self.rows: list[Row] = []
        bodies = [body_of(number, item) for number, item in enumerate(crowd)]
        users = User.objects.bulk_create(
            User(
                user_name=body["userName"],
                department=body[ENTERPRISE]["department"],
                active=body["active"],
                emails=body["emails"],
            )
            for body in bodies
        )
        for user, body in zip(users, bodies, strict=True):
            self.rows.append(row_of(str(user.id), body))
        self.made = len(crowd)

    def happen(self, happenings: Sequence[Event]) -> None:
        """Let users come and go, over SCIM."""
        for kind, what in happenings:
            if kind == "comes":
                body = body_of(self.made, what)
                self.rows.append(row_of(self.client.post("/Users", body).json()["id"], body))
                self.made += 1
            elif what < len(self.rows):
                gone = self.rows.pop(what)
                assert self.client.delete(f"/Users/{gone['id']}").status_code == 204

    def page(self, query: Query, **parameters: Any) -> dict[str, Any]:
        """Return a page of users."""
        given_ = {name: value for name, value in parameters.items() if value is not None}
        answer = self.client.get(f"/Users?{urlencode({**query.parameters, **given_})}")
        assert answer.status_code == 200, answer.content
        page: dict[str, Any] = answer.json()
        assert page["totalResults"] == len(query.ids(self.rows))
        assert page["itemsPerPage"] == len(page["Resources"])
        return page


def body_of(number: int, item: Traits) -> dict[str, Any]:
    """Return a new user; names come in another order than ids."""
    department, active, mail = item
    mails = [{"value": f"{mail}@x.org", "primary": True}] if mail else []
    return {
        "userName": f"{'uU'[number % 2]}{number * 7 % 1000:03}",
        "active": active,
        "emails": [{"value": "m@x.org"}, *mails] if mail == "x" else mails,
        ENTERPRISE: {"department": department},
    }


def row_of(user_id: str, body: dict[str, Any]) -> Row:
    """Return what the test knows of a user."""
    mail = sort_key(body["emails"][-1]["value"] if body["emails"] else "")
    return {
        "id": user_id,
        "userName": sort_key(body["userName"]),
        DEPARTMENT: sort_key(body[ENTERPRISE]["department"]),
        "active": (0, body["active"]),
        "emails.value": mail,
        "emails": mail,
    }


def sort_key(text: str) -> tuple[int, str]:
    """Return a text as caseExact false orders it; an absent one is the highest."""
    return (0, unicodedata.normalize("NFC", text).casefold()) if text else (1, "")


def ids_of(page: dict[str, Any]) -> list[str]:
    """Return the ids on a page."""
    return [item["id"] for item in page["Resources"]]


def sliced(rows: list[str], start: int | None, count: int | None) -> list[str]:
    """Return a page by index, as RFC 7644 section 3.4.2.4 cuts it."""
    first = max(1 if start is None else start, 1) - 1
    return rows[first : first + min(max(DEFAULT if count is None else count, 0), MOST)]


class PagingTest(TestCase):
    """Pages are those of a plain list."""

    client_: ScimClient

    @classmethod
    def setUpTestData(cls) -> None:
        """Connect a client."""
        cls.client_ = connect("other")

    @settings(max_examples=100, deadline=None)
    @given(crowd=crowds, query=queries, start=numbers, count=numbers, is_search=st.booleans())
    def test_by_index(
        self,
        crowd: list[Traits],
        query: Query,
        start: int | None,
        count: int | None,
        is_search: bool,
    ) -> None:
        directory = Directory(self.client_, crowd)
        if is_search:
            body = {"schemas": [SEARCH], **query.parameters, "startIndex": start, "count": count}
            page = self.client_.post("/Users/.search", body).json()
        else:
            page = directory.page(query, startIndex=start, count=count)
        expected = query.ids(directory.rows)
        assert ids_of(page) == sliced(expected, start, count)
        assert (page["totalResults"], page["itemsPerPage"]) == (len(expected), len(ids_of(page)))
        assert start is not None and start > 20 or page["startIndex"] == max(start or 1, 1)
        assert "nextCursor" not in page and "previousCursor" not in page

    @settings(max_examples=5, deadline=None)
    @given(more=st.integers(0, 3), start=st.integers(1, 5), count=st.sampled_from([None, 199, 201]))
    def test_a_page_has_a_highest_size(self, more: int, start: int, count: int | None) -> None:
        directory = Directory(self.client_, [("", True, "")] * (MOST + more))
        page = directory.page(Query(), startIndex=start, count=count)
        assert ids_of(page) == sliced(Query().ids(directory.rows), start, count)

    @settings(max_examples=150, deadline=None)
    @given(crowd=crowds, names=st.sets(st.sampled_from("abcd")), start=numbers, count=numbers)
    def test_over_users_and_groups(
        self, crowd: list[Traits], names: set[str], start: int | None, count: int | None
    ) -> None:
        directory = Directory(self.client_, crowd)
        groups = Group.objects.bulk_create(Group(display_name=name) for name in sorted(names))
        body = {"schemas": [SEARCH], "startIndex": start, "count": count}
        page = self.client_.post("/.search", body).json()
        expected = Query().ids(directory.rows) + [str(group.id) for group in groups]
        assert ids_of(page) == sliced(expected, start, count)
        assert (page["totalResults"], page["itemsPerPage"]) == (len(expected), len(ids_of(page)))

    @settings(max_examples=150, deadline=None)
    @given(
        crowd=crowds, query=queries, count=st.integers(1, 5), between=st.lists(events, max_size=8)
    )
    def test_walk_by_index(
        self, crowd: list[Traits], query: Query, count: int, between: list[list[Event]]
    ) -> None:
        directory = Directory(self.client_, crowd)
        seen: list[str] = []
        while True:
            page = directory.page(query, startIndex=len(seen) + 1, count=count)
            assert ids_of(page) == sliced(query.ids(directory.rows), len(seen) + 1, count)
            if not page["Resources"]:
                break
            seen += ids_of(page)
            directory.happen(between.pop(0) if between else [])
        if query.sort_by in (None, "id") and query.sort_order != "descending":
            assert len(seen) == len(set(seen))

    @settings(max_examples=250, deadline=None)
    @given(
        crowd=crowds, query=queries, count=st.integers(1, 5), between=st.lists(events, max_size=8)
    )
    def test_walk_by_cursor(
        self, crowd: list[Traits], query: Query, count: int, between: list[list[Event]]
    ) -> None:
        directory = Directory(self.client_, crowd)
        always = set(query.ids(directory.rows))
        page = directory.page(query, cursor="", count=count)
        seen = ids_of(page)
        while "nextCursor" in page:
            directory.happen(between.pop(0) if between else [])
            page = directory.page(query, cursor=page["nextCursor"])
            assert len(page["Resources"]) <= count
            seen += ids_of(page)
            assert len(seen) == len(set(seen))
            always &= set(query.ids(directory.rows))
        assert always <= set(seen)

    @settings(max_examples=250, deadline=None)
    @given(
        crowd=crowds,
        query=queries,
        count=st.integers(0, 5),
        moves=st.lists(st.tuples(st.sampled_from(["nextCursor", "previousCursor"]), events)),
    )
    def test_to_and_fro(
        self,
        crowd: list[Traits],
        query: Query,
        count: int,
        moves: list[tuple[str, list[Event]]],
    ) -> None:
        directory = Directory(self.client_, crowd)
        page = directory.page(query, cursor="", count=count)
        expected = query.ids(directory.rows)
        assert ids_of(page) == expected[:count]
        assert ("nextCursor" in page) is (0 < count < len(expected))
        assert "previousCursor" not in page and "startIndex" not in page
        known = {row["id"]: row for row in directory.rows}
        for name, happenings in moves:
            if name not in page:
                continue
            directory.happen(happenings)
            known |= {row["id"]: row for row in directory.rows}
            here = known[ids_of(page)[-1 if name == "nextCursor" else 0]]
            page = directory.page(query, cursor=page[name], count=count)
            before, after = around(query, directory.rows, here)
            self.check(page, name, before, after, count)

    def check(
        self, page: dict[str, Any], name: str, before: list[str], after: list[str], count: int
    ) -> None:
        """Compare a page at a cursor with the rows before and after the place it names."""
        is_forward = name == "nextCursor"
        expected = after[:count] if is_forward else before[-count:]
        assert ids_of(page) == expected
        is_more = len(after if is_forward else before) > count
        assert (name in page) is is_more
        back = "previousCursor" if is_forward else "nextCursor"
        assert (back in page) is bool(expected)


def around(query: Query, rows: list[Row], here: Row) -> tuple[list[str], list[str]]:
    """Return the rows before and after a row, which may have gone itself."""
    others = [row for row in rows if row["id"] != here["id"]]
    ordered = query.ids([*others, here])
    place = ordered.index(here["id"])
    return ordered[:place], ordered[place + 1 :]
