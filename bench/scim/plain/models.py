"""Users and groups with the columns of django-scim2, which its own adapters read."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):  # type: ignore[misc]
    """A group."""

    name = models.CharField(max_length=150, unique=True)

    def __str__(self) -> str:
        return self.name


class User(AbstractSCIMUserMixin, AbstractUser):  # type: ignore[misc]
    """A user of django.contrib.auth."""

    scim_groups = models.ManyToManyField(Group, related_name="user_set")
