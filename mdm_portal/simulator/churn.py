"""What happens in the company between two cycles."""

from dataclasses import replace

from mdm_portal.simulator.people import Company, Person, Team


def churned(company: Company, *, hard_delete: bool) -> list[Company]:
    """Return the company after each delta: changes and leavers, comers-back, the deleted."""
    after_changes = _leave(_change_teams(_change_people(company)))
    after_return = _come_back(after_changes)
    return [after_changes, after_return, *([_delete(after_return)] if hard_delete else [])]


def _change_people(company: Company) -> Company:
    """Let every third person marry, move to another department and get other values."""
    return company.with_people(*(_changed(one) for one in _every(company, 3)))


def _changed(person: Person) -> Person:
    """Return a person after a year."""
    return replace(
        person,
        family_name=f"{person.family_name} Ruiz-Ōta",
        department=f"{person.department} · 2",
        custom={name: f"{value} (2)" for name, value in person.custom.items()},
    )


def _change_teams(company: Company) -> Company:
    """Rename every second team, and move some people on to the next team."""
    moved = company
    for key in sorted(company.teams):
        moved = _move_some(moved, moved.teams[key])
    renamed = (replace(team, name=team.other_name) for team in _teams(moved, 2))
    return moved.with_teams(*renamed)


def _move_some(company: Company, team: Team) -> Company:
    """Move the first three members of a team to the next one."""
    following = company.teams[(team.key + 1) % len(company.teams)]
    if following.key == team.key:
        return company.with_teams(replace(team, members=frozenset(sorted(team.members)[1:])))
    movers = frozenset(sorted(team.members)[:3])
    return company.with_teams(
        replace(team, members=team.members - movers),
        replace(following, members=following.members | movers),
    )


def _leave(company: Company) -> Company:
    """Let every fourth person leave."""
    return company.with_people(*(replace(one, active=False) for one in _every(company, 4)))


def _come_back(company: Company) -> Company:
    """Let every eighth person, one of the leavers, come back."""
    return company.with_people(*(replace(one, active=True) for one in _every(company, 8)))


def _delete(company: Company) -> Company:
    """Delete every leaver who has a number that is odd among them, memberships included."""
    gone = {one.key for one in _every(company, 12) if not one.active}
    people = {key: one for key, one in company.people.items() if key not in gone}
    teams = {key: replace(one, members=one.members - gone) for key, one in company.teams.items()}
    return replace(company, people=people, teams=teams)


def _every(company: Company, number: int) -> list[Person]:
    """Return every so-manieth person."""
    return [one for key, one in company.people.items() if (key + 1) % number == 0]


def _teams(company: Company, number: int) -> list[Team]:
    """Return every so-manieth team."""
    return [one for key, one in company.teams.items() if key % number == 0]
