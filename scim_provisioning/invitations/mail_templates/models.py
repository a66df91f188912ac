"""A mail template as an administrator changed it; no row means the default of its language."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class MailTemplate(models.Model):
    """One mail in one language."""

    kind = models.CharField(max_length=16)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    html = models.TextField()
    text = models.TextField(blank=True, default="")
    """Empty: the text is made from the HTML."""
    from_name = models.CharField(max_length=100, blank=True, default="")
    reply_to = models.CharField(max_length=254, blank=True, default="")
    variables = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    """The variables in it: what a custom attribute's deletion asks for."""
    modified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One template a kind and language."""

        ordering: ClassVar = ["kind", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "language"], name="invitations_mail_template")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
