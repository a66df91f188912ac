"""The bearer token of a script: it may do what its administrator may do."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class ApiToken(models.Model):
    """One token of one administrator; of the secret only a digest is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    administrator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=32, unique=True)
    digest = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        """Newest last."""

        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return f"{self.name} {self.key_id}…"
