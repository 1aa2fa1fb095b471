from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from accounts import shortcuts
from accounts.names import validate_plain


def normal_email(email: str) -> str:
    """The one form in which an address is stored and looked up: no outer space, lower case."""
    return email.strip().lower()


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    NORMAL = "normal", _("Normal")
    COMPACT = "compact", _("Compact: more on the screen")


class TextSize(models.TextChoices):
    NORMAL = "normal", _("Normal")
    LARGE = "large", _("Large")
    LARGEST = "largest", _("Largest")


class PersonManager(BaseUserManager["Person"]):
    def create_person(self, email: str, name: str, password: str | None = None) -> "Person":
        """A new account without any permission; no password means nobody can log in to it."""
        person = self.model(email=normal_email(email), name=name)
        person.set_password(password)
        person.full_clean()
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=normal_email(username or ""))


def _type_of(column: str) -> models.Func:
    return models.Func(column, function="jsonb_typeof", output_field=models.TextField())


class Person(AbstractBaseUser):
    """Somebody who can log in. Holds no permission here: those are held on projects only."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120, validators=[validate_plain])
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", db_default="UTC")
    # Empty: as the browser asks.
    language = models.CharField(_("language"), max_length=16, default="", db_default="", blank=True)
    theme = models.CharField(
        _("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM, db_default=Theme.SYSTEM
    )
    density = models.CharField(
        _("density"), max_length=8, choices=Density.choices, default=Density.NORMAL, db_default=Density.NORMAL
    )
    text_size = models.CharField(
        _("text size"),
        max_length=8,
        choices=TextSize.choices,
        default=TextSize.NORMAL,
        db_default=TextSize.NORMAL,
    )
    has_shortcuts = models.BooleanField(_("single keys"), default=True, db_default=True)
    # Action → key, as far as it differs from the usual; see accounts.shortcuts.
    shortcuts = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    # How often all sessions were ended: one that began before the last time is signed in no more.
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0)
    # Set while the password is the one-time one made by whoever invited: it must be changed, and ends then.
    temporary_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # There is no superuser: libraries that ask get the answer without a column that could be raised.
    is_staff = False
    is_superuser = False

    class Meta:
        default_permissions = ()
        verbose_name = _("person")
        verbose_name_plural = _("people")
        # Together these two make lower(email) unique, and a plain lookup can use the index.
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="person_email_unique",
                violation_error_message=_("There is already an account with this e-mail."),
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower_case"),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__in": choices.values}), name=f"person_{name}_known"
                )
                for name, choices in (("theme", Theme), ("density", Density), ("text_size", TextSize))
            ),
            models.CheckConstraint(
                condition=Exact(_type_of("shortcuts"), "object"),
                name="person_shortcuts_by_action",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.email = normal_email(self.email)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """What a session must hold; Django's own until sessions were ended for the first time."""
        own: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{own}.{self.sessions_ended}" if self.sessions_ended else own

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC for one that this machine does not know (any more)."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError):
            return ZoneInfo("UTC")

    @property
    def keys(self) -> dict[str, str]:
        """Action of the review screen → the key that presses it for this person."""
        return shortcuts.keys_of(self.shortcuts)
