"""Who signs in with a password; what every page asks of whom it is signed in as is built once."""

from django.contrib.auth.backends import ModelBackend

from accounts.compiled import Argument, Compiled
from accounts.models import Person


class PersonBackend(ModelBackend):
    def get_user(self, user_id: int) -> Person | None:
        """The person of a session, unless deactivated since."""
        person = _BY_ID.first(person=user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


_BY_ID = Compiled(lambda: Person.objects.filter(pk=Argument("person")))
