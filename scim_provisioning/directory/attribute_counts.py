"""How many users have a value of each custom attribute: counted as they come, change and go."""

from collections import Counter

from mdm_portal.database.statements import rows_of

COUNTED = "SELECT name, sum(number) FROM directory_attributecount GROUP BY name"
FOLD = """
WITH folded AS (
    DELETE FROM directory_attributecount WHERE name IN (
        SELECT name FROM directory_attributecount GROUP BY name HAVING count(*) > 1
    ) RETURNING name, number
), summed AS (
    INSERT INTO directory_attributecount (name, number)
    SELECT name, sum(number) FROM folded GROUP BY name HAVING sum(number) <> 0
)
SELECT count(*) FROM folded
"""


def users_by_attribute() -> Counter[str]:
    """Return how many users have a value of each custom attribute; no user is read for it."""
    return Counter({name: int(number) for name, number in rows_of(COUNTED, [])})


def fold() -> int:
    """Make one row of all that count the same attribute; return how many those were."""
    ((folded,),) = rows_of(FOLD, [])
    return int(folded)
