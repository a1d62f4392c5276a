"""People and the roles given to them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .roles import Role


class People(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A member of staff. There is no superuser and no staff flag: roles are the only way to any right."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(null=True)
    # Where notices are sent besides, if the person wishes; such a message names nobody.
    email = models.EmailField(blank=True)
    wants_email = models.BooleanField(default=False)
    # How they like to look: greyscale, blur, brightness and the like, as the case page keeps it.
    viewing = models.JSONField(default=dict)

    objects: ClassVar[People] = People()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "access_user"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username


class RoleGrant(models.Model):
    """A role given to a person, from `given_at` until `taken_at`. Rows are never deleted: they are the history."""

    person = models.ForeignKey(User, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32, choices=[(role.value, role.label) for role in Role])
    given_at = models.DateTimeField(default=timezone.now, editable=False)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "access_role_grant"
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(taken_at__isnull=True), name="one_open_grant_of_a_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"
