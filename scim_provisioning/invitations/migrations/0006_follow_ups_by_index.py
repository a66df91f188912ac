from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('invitations', '0005_follow_ups'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='invitation',
            index=models.Index(condition=models.Q(('follow_up', ''), _negated=True), fields=['due_at'], name='invitation_follow_up'),
        ),
        AddIndexConcurrently(
            model_name='invitation',
            index=models.Index(condition=models.Q(('status', 'sent')), fields=['sent_at'], name='invitation_open'),
        ),
    ]
