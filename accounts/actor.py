"""Who does something: a person, a person through an API key, or the system itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Plain ids, so that the audit log never holds on to live rows."""

    person_id: int | None
    key_id: int | None = None

    @property
    def is_system(self) -> bool:
        return self.person_id is None


SYSTEM = Actor(person_id=None)
