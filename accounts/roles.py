"""The nine things that can be done in a project, and the four roles that bundle them."""

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """What a person may do in one project; the value is guardian's codename."""

    ENTER = "enter"
    """See that the project exists, and its name."""
    READ = "read"
    """See predictions, verdicts, dashboards and the audit log."""
    REVIEW = "review"
    """Lease items, submit, undo and skip reviews, see one's own work."""
    SETTLE = "settle"
    """Settle disputes and reopen what is settled."""
    TUNE = "tune"
    """Change queues, forms, guidelines and policies."""
    PUSH = "push"
    """Send predictions, feedback and outcomes."""
    RELEASE = "release"
    """Define datasets, publish releases, recall rows."""
    PULL = "pull"
    """Download releases."""
    ADMIT = "admit"
    """Admit people, change their roles, see everybody's API keys."""

    @property
    def label(self) -> str:
        """The same, for people."""
        return str(_LABELS[self])


_LABELS: dict[Permission, Promise] = {
    Permission.ENTER: _("See that the project exists"),
    Permission.READ: _("Read predictions, verdicts and dashboards"),
    Permission.REVIEW: _("Review: lease items and submit"),
    Permission.SETTLE: _("Settle disputes"),
    Permission.TUNE: _("Change queues, forms and policies"),
    Permission.PUSH: _("Send predictions and feedback"),
    Permission.RELEASE: _("Publish releases"),
    Permission.PULL: _("Download releases"),
    Permission.ADMIT: _("Admit people and change roles"),
}


class Role(models.TextChoices):
    """What a member is in a project: exactly one role each."""

    ANNOTATOR = "annotator", _("Annotator")
    LEAD = "lead", _("Lead")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    OWNER = "owner", _("Owner")


ROLES: dict[Role, frozenset[Permission]] = {
    Role.ANNOTATOR: frozenset({Permission.ENTER, Permission.REVIEW}),
    Role.LEAD: frozenset(
        {Permission.ENTER, Permission.READ, Permission.REVIEW, Permission.SETTLE, Permission.TUNE}
    ),
    Role.ML_ENGINEER: frozenset(
        {Permission.ENTER, Permission.READ, Permission.PUSH, Permission.RELEASE, Permission.PULL}
    ),
    Role.OWNER: frozenset(Permission),
}
