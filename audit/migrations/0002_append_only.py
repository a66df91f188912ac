"""Make the trail append-only: the database itself refuses UPDATE and DELETE.

The retention job alone may delete, by ``SET LOCAL audit.retention = 'on'`` in its transaction.
"""

from django.db import migrations

PROTECT = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('audit.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
"""
UNPROTECT = """
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    """A trigger on the event table."""

    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(PROTECT, UNPROTECT)]
