"""The row in which an administrator's settings of invitations stand; no row means the defaults."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class InvitationSettings(models.Model):
    """One row in the whole portal."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    reminders = models.BooleanField(default=False)
    remind_after = models.PositiveSmallIntegerField(default=7)
    remind_every = models.PositiveSmallIntegerField(default=7)
    remind_most = models.PositiveSmallIntegerField(default=3)
    confirms = models.BooleanField(default=False)
    enrolment_url = models.CharField(max_length=500, blank=True, default="")
    product_name = models.CharField(max_length=100, blank=True, default="")
    logo_url = models.CharField(max_length=500, blank=True, default="")
    website_label = models.CharField(max_length=100, blank=True, default="")
    from_name = models.CharField(max_length=100, blank=True, default="")
    from_address = models.CharField(max_length=254, blank=True, default="")
    reply_to = models.CharField(max_length=254, blank=True, default="")
    mails_per_minute = models.PositiveIntegerField(default=120)

    class Meta:
        """There is one row at most."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="invitations_settings_one")
        ]

    def __str__(self) -> str:
        return "invitations"
