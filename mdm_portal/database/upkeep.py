"""How PostgreSQL keeps a table, as migrations say it.

A leaf that any room may import: it knows Django and nothing of ours. What it returns stays as it
is: migrations that were applied call it.
"""

from django.db.migrations import RunSQL


def analyzed_seldom(table: str, *unplanned: str) -> RunSQL:
    """Return the operation that has ANALYZE come when a table has doubled.

    It takes up to a second of processor time, and would come each minute while identity providers
    push. ``unplanned`` are columns that it leaves out, as no plan depends on them.
    """
    setting = "autovacuum_analyze_scale_factor"
    return RunSQL(
        f"ALTER TABLE {table} SET ({setting} = 1), {_statistics(unplanned, 0)}",
        f"ALTER TABLE {table} RESET ({setting}), {_statistics(unplanned, -1)}",
    )


def _statistics(columns: tuple[str, ...], number: int) -> str:
    """Return what says how many values ANALYZE remembers of columns; -1 is as many as usual."""
    return ", ".join(f"ALTER {column} SET STATISTICS {number}" for column in columns)
