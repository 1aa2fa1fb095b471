"""Sessions in the database as Django keeps them; what every page asks of them is built once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from accounts.compiled import Argument, Compiled


class SessionStore(db.SessionStore):
    """The setting SESSION_ENGINE names this module."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVING.first(key=self.session_key)
        if found is None:
            self._session_key = None  # as Django does: a key that nobody holds is never taken on
        return found


_LIVING = Compiled(
    lambda: Session.objects.filter(session_key=Argument("key"), expire_date__gt=Now()).order_by("pk")
)
