"""PATCH against a naive model on plain dictionaries, which knows none of our code."""

import json
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from scim_provisioning.settings.services import add_custom_attribute
from tests.scim.client import Answer, ScimClient
from tests.scim.conftest import connect, operator
from tests.scim.filter_model import Node, Refused
from tests.scim.group_model import Group, changed_group
from tests.scim.patch_model import (
    ABSENT,
    ENTERPRISE,
    GROUP,
    IVANTI,
    USER,
    Resource,
    Step,
    Target,
    patched,
)
from tests.scim.patch_strategies import (
    Operation,
    casings,
    joined,
    mostly,
    operation,
    operations,
    texts,
    users,
    written,
)

STRANGER = "01a1fd08-5946-771b-81cb-898318798590"
NAMES = ("Ana", "ana b", "ß")


def member_filters(ids: list[str]) -> st.SearchStrategy[Node]:
    """Return value filters on the members of a group."""
    return st.recursive(
        st.tuples(st.sampled_from(["eq", "eq", "ne"]), st.just("value"), st.sampled_from(ids))
        | st.tuples(st.sampled_from(["eq", "sw", "co"]), st.just("display"), st.sampled_from(NAMES))
        | st.sampled_from([("eq", "type", "user"), ("pr", "display"), ("ne", "type", "User")]),
        joined,
        max_leaves=3,
    )


def member_lists(ids: list[str]) -> st.SearchStrategy[Any]:
    """Return members as clients send them."""
    chosen = st.sampled_from(ids)
    member = (
        chosen
        | st.builds(lambda user_id: {"value": user_id}, chosen)
        | st.builds(lambda user_id: {"$ref": None, "VALUE": user_id, "display": "x"}, chosen)
    )
    return mostly(
        st.lists(member, max_size=3) | member,
        st.sampled_from([None, [], [5], [{}], [{"value": ""}], [{"value": None}], 5]),
    )


@st.composite
def member_operations(draw: st.DrawFn, ids: list[str]) -> Operation:
    """Return an operation on the members of a group."""
    verb, case = draw(st.sampled_from(["add", "replace", "remove"])), draw(casings)
    value = draw(member_lists(ids))
    where = None
    if draw(st.booleans()):
        named = st.tuples(st.just("eq"), st.just("value"), st.sampled_from(ids))
        where = draw(named if verb == "add" else member_filters(ids))
        value = value or [ids[0]]
    sub = draw(mostly(st.none(), st.sampled_from(["value", "display", "type"])))
    if verb == "remove" and (where or draw(mostly(st.just(False), st.just(True)))):
        value = ABSENT
    if where is None and sub is None and verb != "remove" and draw(st.booleans()):
        return operation(verb, ABSENT, {case("members"): value}, case), [
            Step(verb, Target("members"), value)
        ]
    brackets = f"[{written(where, case)}]" if where else ""
    path = case("members") + brackets + (f".{case(sub)}" if sub else "")
    return operation(verb, path, value, case), [Step(verb, Target("members", where, sub), value)]


@st.composite
def attribute_operations(draw: st.DrawFn) -> Operation:
    """Return an operation on another attribute of a group."""
    verb = draw(mostly(st.sampled_from(["add", "replace"]), st.just("remove")))
    name = draw(mostly(st.sampled_from(["displayName", "externalId"]), st.just("id")))
    value, case = "x" if name == "id" else draw(texts), draw(casings)
    step = Step(verb, Target(name), ABSENT if verb == "remove" else value)
    return operation(verb, case(name), value, case), [step]


@st.composite
def group_operations(draw: st.DrawFn, ids: list[str]) -> list[Operation]:
    """Return operations on a group; one that adds a stranger comes last."""
    other = attribute_operations()
    found = draw(st.lists(member_operations(ids) | member_operations(ids) | other, max_size=4))
    if not found or draw(mostly(st.just(False), st.just(True))):
        value = [{"value": draw(st.sampled_from([STRANGER, "7", *ids]))}, {"value": ids[0]}]
        step = Step("add", Target("members"), value)
        found.append((operation("add", "members", value, str), [step]))
    return found


def shown_user(resource: Resource, user_id: str) -> Resource:
    """Return the body that shows a user of the model, without meta."""
    extensions = [urn for urn in (ENTERPRISE, IVANTI) if urn in resource]
    return {"schemas": [USER, *extensions], "id": user_id, **resource}


def without_meta(resource: Resource) -> Resource:
    """Return a resource without its metadata."""
    return {name: value for name, value in resource.items() if name != "meta"}


class PatchTest(TestCase):
    """Answers to PATCH are those of the model."""

    client_: ScimClient
    people: dict[str, str]
    """Users that may be members, their names by their ids."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Register a custom attribute, connect a client, create the users."""
        add_custom_attribute(name="costCode", actor=operator())
        cls.client_ = connect("other")
        bodies = [{"userName": "u1", "displayName": NAMES[0]}, {"userName": NAMES[1]}]
        answers = [cls.client_.post("/Users", body) for body in [*bodies, {"userName": NAMES[2]}]]
        cls.people = {
            answer.json()["id"]: name for answer, name in zip(answers, NAMES, strict=True)
        }

    def compare(self, path: str, sent: list[Operation], expected: Resource | Refused) -> None:
        """Send operations; compare the answer, and what is stored then, with the model's."""
        note(json.dumps([item[0] for item in sent], ensure_ascii=False))
        before = self.client_.get(path).json()
        note(json.dumps(without_meta(before), ensure_ascii=False))
        answer = self.client_.patch(path, {"Operations": [item[0] for item in sent]})
        stored = self.client_.get(path).json()
        if isinstance(expected, Refused):
            assert_refused(answer, expected)
            assert stored == before
            return
        assert answer.status_code == 200, answer.content
        assert without_meta(answer.json()) == expected
        assert answer.json() == stored
        if expected == without_meta(before):
            assert stored == before

    @settings(max_examples=250, deadline=None)
    @given(person=users, sent=operations)
    def test_user(self, person: Resource, sent: list[Operation]) -> None:
        user = self.client_.post("/Users", person).json()
        assert without_meta(user) == shown_user(person, user["id"])
        expected: Resource | Refused
        try:
            expected = shown_user(patched(person, steps_of(sent)), user["id"])
        except Refused as error:
            expected = error
        self.compare(f"/Users/{user['id']}", sent, expected)

    @settings(max_examples=250, deadline=None)
    @given(data=st.data())
    def test_group(self, data: st.DataObject) -> None:
        ids = sorted(self.people)
        members = data.draw(st.sets(st.sampled_from(ids)))
        sent = data.draw(group_operations(ids))
        group = Group("G", "", members)
        body = {"displayName": "G", "members": [{"value": user_id} for user_id in members]}
        group_id = self.client_.post("/Groups", body).json()["id"]
        expected: Resource | Refused
        try:
            after = changed_group(group, steps_of(sent), self.people)
            expected = self.shown_group(after, group_id)
        except Refused as error:
            expected = error
        self.compare(f"/Groups/{group_id}", sent, expected)

    def shown_group(self, group: Group, group_id: str) -> Resource:
        """Return the body that shows a group of the model, without meta."""
        base = f"{self.client_.base}/Users"
        found = {
            "schemas": [GROUP],
            "id": group_id,
            "displayName": group.display_name,
            "externalId": group.external_id,
            "members": [
                {"value": key, "$ref": f"{base}/{key}", "type": "User"}
                for key in sorted(group.members)
            ],
        }
        return {name: value for name, value in found.items() if value}


def steps_of(sent: list[Operation]) -> list[Step]:
    """Return the steps of all operations."""
    return [step for item in sent for step in item[1]]


def assert_refused(answer: Answer, expected: Refused) -> None:
    """Compare an Error body with the model's reasons."""
    assert answer.status_code == 400, answer.content
    error = answer.json()
    assert error["status"] == "400"
    assert error["scimType"] in expected.scim_types, error
    assert error["detail"]
