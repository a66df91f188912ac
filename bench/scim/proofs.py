"""Whether answers are right: a fast service that answers something else is not measured."""

from collections.abc import Callable
from typing import Any

Fields = dict[str, str]
Proof = Callable[[list[Any], Fields], bool]
"""From the answers to an operation's requests, and what those were filled in with."""


def finds_one(answers: list[Any], fields: Fields) -> bool:
    """Tell whether the one user was found."""
    (found,) = answers
    names = [user["userName"] for user in found["Resources"]]
    return names == [fields["user"]] and bool(found["totalResults"] == 1)


def shows_id(answers: list[Any], fields: Fields) -> bool:
    """Tell whether the right user is shown."""
    return bool(answers[0]["id"] == fields["id"])


def shows_flag(answers: list[Any], fields: Fields) -> bool:
    """Tell whether the user is as active as was asked, if one is shown."""
    return not answers[0] or answers[0]["active"] is (fields["flag"] == "true")


def shows_names(answers: list[Any], fields: Fields) -> bool:
    """Tell whether the user has the new family name, if one is shown."""
    return not answers[0] or answers[0]["name"]["familyName"] == f"Ruiz{fields['serial']}"


def is_new(answers: list[Any], fields: Fields) -> bool:
    """Tell whether nobody was found, and then somebody was created."""
    found, made = answers
    return found["totalResults"] == 0 and f"-{fields['serial']}@" in made["userName"]


def is_page(answers: list[Any], _fields: Fields) -> bool:
    """Tell whether a hundred users are shown."""
    return len(answers[0]["Resources"]) == 100


def is_of_group(answers: list[Any], fields: Fields) -> bool:
    """Tell whether the right group is shown, if one is."""
    return all(not answer or answer["id"] == fields["group"] for answer in answers)
