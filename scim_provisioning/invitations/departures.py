"""When mails left."""

from django.db import models


class Departure(models.Model):
    """One mail of the last minute; older ones go."""

    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.at.isoformat()
