"""The make-believe company: people of many languages in teams, the same for the same seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from types import MappingProxyType
from uuid import UUID

DEFAULT_SEED = 1

# Given names, family names and the letters that an address is made of.
NAMES: tuple[tuple[str, str, str], ...] = (
    ("Lucía", "Fernández", "lucia.fernandez"),
    ("José María", "Núñez Ávila", "josemaria.nunez"),
    ("Iker", "Etxeberria", "Iker.Etxeberria"),
    ("Zoë", "O'Brien", "zoe.o'brien"),
    ("Chloé", "Lefèvre", "chloe.lefevre"),
    ("Anaïs", "d'Aubigné", "anais.daubigne"),
    ("François-Xavier", "Bœuf", "fx.boeuf"),
    ("美咲", "山田", "misaki.yamada"),
    ("太郎", "佐藤", "taro.sato"),
    ("ليلى", "الحسن", "layla.alhasan"),
    ("يوسف", "حدّاد", "youssef.haddad"),
    ("Jürgen", "Weiß", "juergen.weiss"),
    ("Anneliese", "von der Höhe", "Anneliese.vonderHoehe"),
    ("Grace", "Okafor", "grace.okafor"),
    ("Li", "X", "li.x"),
)
DEPARTMENTS = (
    "Ventas",
    "Recherche & Développement",
    "営業部",
    "المبيعات",
    "Qualitätssicherung",
    "Party 🎉 Planning",
    "50% off_ Outlet",
    'The "Quoted" Desk',
)
PLACES = ("Sevilla", "Lyon", "東京", "بيروت", "Zürich", "Leeds")
CUSTOM_VALUES = ("A-1", "ñandú", "50% off_", "«B» 🚲", "コード7", 'say "hi"', "back\\slash")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the identity provider knows."""

    key: int
    user_name: str
    external_id: str
    given_name: str
    family_name: str
    email: str
    department: str
    active: bool = True
    custom: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def display_name(self) -> str:
        """Return given and family name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Team:
    """A group that is pushed, with the keys of its people."""

    key: int
    name: str
    external_id: str
    members: frozenset[int]
    other_name: str
    """The name that churn gives it: an earlier run may have left it there."""


@dataclass(frozen=True, slots=True)
class Company:
    """What the identity provider holds at one moment."""

    people: Mapping[int, Person]
    teams: Mapping[int, Team]

    def with_people(self, *changed: Person) -> "Company":
        """Return the company with these people changed."""
        return replace(self, people={**self.people, **{one.key: one for one in changed}})

    def with_teams(self, *changed: Team) -> "Company":
        """Return the company with these teams changed."""
        return replace(self, teams={**self.teams, **{one.key: one for one in changed}})


def company(
    users: int, groups: int, *, seed: int = DEFAULT_SEED, custom: tuple[str, ...] = ()
) -> Company:
    """Return a company of this size; a person is the same in a larger one of the same seed."""
    people = {key: _person(key, seed, custom) for key in range(users)}
    teams = {key: _team(key, seed, users, groups) for key in range(groups)}
    return Company(people, teams)


def guid(random: Random) -> str:
    """Return a random GUID as Entra ID writes one."""
    return str(UUID(int=random.getrandbits(128), version=4))


def _person(key: int, seed: int, custom: tuple[str, ...]) -> Person:
    """Return one person."""
    random = Random(f"{seed}/person/{key}")  # noqa: S311 - make-believe, no secret
    given, family, letters = random.choice(NAMES)
    domain = "example.com" if seed == DEFAULT_SEED else f"tenant{seed}.example.com"
    user_name = f"{letters}.{key + 1}@{domain}"
    return Person(
        key=key,
        user_name=user_name,
        external_id=guid(random),
        given_name=given,
        family_name=family,
        email=user_name,
        department=random.choice(DEPARTMENTS),
        custom={name: random.choice(CUSTOM_VALUES) for name in custom},
    )


def _team(key: int, seed: int, users: int, groups: int) -> Team:
    """Return one team; everybody is in one, and some are in a second."""
    random = Random(f"{seed}/team/{key}")  # noqa: S311
    members = {person for person in range(users) if person % groups == key}
    members |= {person for person in range(users) if person % 5 == 0 and person % 7 == key % 7}
    name = f"{DEPARTMENTS[key % len(DEPARTMENTS)]} {PLACES[key % len(PLACES)]} {key + 1}"
    if seed != DEFAULT_SEED:
        name += f" (tenant {seed})"
    return Team(key, name, guid(random), frozenset(members), f"{name} ✦")
