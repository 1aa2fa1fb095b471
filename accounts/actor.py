"""Who does something: a person, a person through an API key, or the system itself."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """Plain ids, so that the audit log never holds on to live rows."""

    person_id: int | None
    key_id: int | None = None

    @property
    def is_system(self) -> bool:
        return self.person_id is None

    def as_person(self) -> int:
        """The person's id, where the system itself cannot act: NotAllowed for it."""
        if self.person_id is None:
            raise NotAllowed(_("Only a person can do this. Sign in, or use a person's API key."))
        return self.person_id


SYSTEM = Actor(person_id=None)
