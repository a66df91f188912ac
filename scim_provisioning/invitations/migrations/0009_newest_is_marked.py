"""Each user's newest invitation is marked, so that no list has to look for it."""

from django.db import migrations, models

MARK = """
CREATE FUNCTION invitations_mark_newest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE invitations_invitation AS invitation SET is_newest = NOT invitation.is_newest
    FROM (
        SELECT DISTINCT ON (user_id) user_id, id FROM invitations_invitation
        WHERE user_id IN (SELECT user_id FROM added) ORDER BY user_id, created_at DESC, id
    ) AS newest
    WHERE invitation.user_id = newest.user_id
        AND invitation.is_newest <> (invitation.id = newest.id);
    RETURN NULL;
END $$;
CREATE TRIGGER invitations_newest AFTER INSERT ON invitations_invitation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invitations_mark_newest();
UPDATE invitations_invitation AS invitation SET is_newest = false
WHERE EXISTS (
    SELECT FROM invitations_invitation AS newer
    WHERE newer.user_id = invitation.user_id
        AND (newer.created_at > invitation.created_at
            OR newer.created_at = invitation.created_at AND newer.id < invitation.id)
);
"""
FORGET = """
DROP TRIGGER invitations_newest ON invitations_invitation;
DROP FUNCTION invitations_mark_newest();
"""


class Migration(migrations.Migration):
    """The trigger comes with the column that it keeps."""

    dependencies = [("invitations", "0008_invitations_by_status")]

    operations = [
        migrations.AddField(
            "invitation",
            "is_newest",
            models.BooleanField(db_default=True, default=True, editable=False),
        ),
        migrations.RunSQL(MARK, FORGET),
    ]
