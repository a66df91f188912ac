"""A directory of any size with its trail, written by the database itself: a million takes a minute.

Names repeat as names do, so that a search finds few, many or nobody.
"""

from typing import Any

GIVEN = "Ana Luis Zoë Mohammed Priya Chen Olga Pierre Ingrid Kwame Aiko Mateo Fatima Sven Nadia Tom"
FAMILY = (
    "Garcia Smith Nguyen Muller Kowalski Rossi Silva Haddad Tanaka Okafor Dubois Larsen Novak "
    "Patel Kim Lopez Weber Costa Ivanov Moreau Santos Jensen Ali Brown Ruiz Fischer Khan Berg"
)
DEPARTMENTS = "Engineering Sales Support Finance Legal Marketing Operations Research"
GROUPS = 200
LARGE_GROUP = 5_000

USERS = """
INSERT INTO directory_user (id, external_id, source, version, created_at, modified_at,
  user_name, user_name_key, display_name, display_name_key, given_name, given_name_key,
  family_name, family_name_key, formatted_name, formatted_name_key, department, department_key,
  active, emails, emails_key, email, custom, custom_key, sort_name, search_text, deprovisioned_at)
SELECT uuidv7(interval '-1 hour'), 'ext-' || n,
  CASE WHEN n %% 20 = 0 THEN 'entra' ELSE 'okta' END, 2,
  now() - n * interval '1 second', now(), address, address, full_name, lower(full_name),
  given, lower(given), family, lower(family), '', '', department, lower(department), n %% 25 <> 0,
  emails, emails, address, custom, custom, lower(full_name),
  translate(lower(full_name || ' ' || address || ' cc-' || n %% 500), 'ë', 'e'), NULL
FROM (
  SELECT n, given, family, department, given || ' ' || family AS full_name,
    lower(given || '.' || family || n || '@ex.org') AS address,
    jsonb_build_object('costCenter', 'cc-' || n %% 500) AS custom,
    jsonb_build_array(jsonb_build_object('value', lower(given || '.' || family || n || '@ex.org'),
      'type', 'work', 'primary', true)) AS emails
  FROM (
    SELECT n, given[1 + n %% cardinality(given)] AS given,
      family[1 + n / 7 %% cardinality(family)] AS family,
      departments[1 + n / 3 %% cardinality(departments)] AS department
    FROM generate_series(%(first)s, %(last)s) AS n,
      (SELECT string_to_array(%(given)s, ' ') AS given, string_to_array(%(family)s, ' ') AS family,
        string_to_array(%(departments)s, ' ') AS departments) AS words
  ) AS people
) AS users
"""
GROUPS_OF_USERS = """
INSERT INTO directory_group (id, external_id, source, version, created_at, modified_at,
  display_name, display_name_key)
SELECT uuidv7(), '', 'okta', 1, now(), now(), 'Team ' || n, 'team ' || n
FROM generate_series(1, %(groups)s) AS n
"""
MEMBERSHIPS = """
INSERT INTO directory_membership (group_id, user_id)
SELECT g.id, u.id
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM directory_group) AS g
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM directory_user) AS u
  ON (g.n = 1 AND u.n <= %(large)s) OR (g.n > 1 AND u.n %% %(groups)s = g.n)
"""
INVITATIONS = """
INSERT INTO invitations_invitation (id, user_id, provider, status, nonce, created_at, due_at,
  sent_at, completed_at, attempts, failure)
SELECT gen_random_uuid(), id, source,
  (ARRAY['sent', 'completed', 'failed', 'completed'])[1 + n %% 4], gen_random_uuid(),
  now() - interval '40 days', now(), now() - n %% 60 * interval '1 day', NULL, 1, ''
FROM (SELECT id, source, row_number() OVER () AS n FROM directory_user) AS users WHERE n %% 3 = 0
"""
EVENTS = """
INSERT INTO audit_event (occurred_at, event, category, type, status, subject_type, subject_id,
  subject_name, actor_kind, actor_id, actor_name, address, provider, details, changes, request_id)
SELECT now() - (%(events)s - n) * interval '5 seconds',
  CASE WHEN n %% 1000 = 0 THEN 'administrator.signed_in' ELSE 'user.updated' END,
  CASE WHEN n %% 1000 = 0 THEN 'access' ELSE 'user' END,
  CASE WHEN n %% 1000 = 0 THEN 'administrator' ELSE 'account' END, 'success', 'user', u.id::text,
  u.display_name, 'token', '1', 'scim_Ab3dEf9h…', '203.0.113.7', 'okta', 'Okta',
  '[{"field": "active", "before": true, "after": false}]', md5(n::text)
FROM generate_series(%(first)s, %(last)s) AS n
JOIN (SELECT id, display_name, row_number() OVER (ORDER BY id) AS place FROM directory_user) AS u
  ON place = 1 + n %% %(users)s
ORDER BY n
"""
REQUESTS = """
INSERT INTO activity_scimrequest (occurred_at, request_id, provider, token_id, token_name, address,
  method, path, resource, resource_id, status, scim_type, duration_us, asked, answered, ignored)
SELECT now() - (%(events)s - n) * interval '5 seconds', md5(n::text), 'okta', '1',
  'scim_Ab3dEf9h…', '203.0.113.7', 'PATCH', '/Users/' || n, 'User', '',
  CASE WHEN n %% 500 = 0 THEN 409 ELSE 200 END, '', 1500, '{}', '{}', '{}'
FROM generate_series(%(first)s, %(last)s) AS n
"""


def fill(cursor: Any, users: int, events: int) -> None:
    """Fill the tables up to so many users, audit events and, a fifth as many, SCIM requests."""
    fill_directory(cursor, users)
    cursor.execute("DELETE FROM invitations_invitation")
    cursor.execute(INVITATIONS, {})
    fill_trail(cursor, users, events)
    cursor.execute("VACUUM ANALYZE")


def fill_directory(cursor: Any, users: int, large: int = LARGE_GROUP) -> None:
    """Fill the tables up to so many users, in groups of which the first has ``large`` members."""
    names = {"given": GIVEN, "family": FAMILY, "departments": DEPARTMENTS}
    cursor.execute(USERS, {**names, "first": _next(cursor, "directory_user"), "last": users})
    cursor.execute("DELETE FROM directory_membership")
    if not _next(cursor, "directory_group") > 1:
        cursor.execute(GROUPS_OF_USERS, {"groups": GROUPS})
    cursor.execute(MEMBERSHIPS, {"groups": GROUPS, "large": large})


def fill_trail(cursor: Any, users: int, events: int) -> None:
    """Fill the tables up to so many audit events and, a fifth as many, SCIM requests."""
    first = {"users": users, "events": events}
    cursor.execute(EVENTS, {**first, "first": _next(cursor, "audit_event"), "last": events})
    requests = {"events": events // 5, "last": events // 5}
    cursor.execute(REQUESTS, {**requests, "first": _next(cursor, "activity_scimrequest")})


def _next(cursor: Any, table: str) -> int:
    """Return the number of the row after the last one of a table."""
    cursor.execute(f"SELECT count(*) + 1 FROM {table}")
    (number,) = cursor.fetchone()
    return int(number)
