"""Sessions in the database as Django keeps them; what every page asks of them is built once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from accounts.compiled import Argument, Compiled
from accounts.storable import is_storable


class SessionStore(db.SessionStore):
    """The setting SESSION_ENGINE names this module."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        # A cookie may hold what no key has and the database refuses.
        found = _LIVING.first(key=key) if is_storable(key) else None
        if found is None:
            self._session_key = None  # as Django does: a key that nobody holds is never taken on
        return found


_LIVING = Compiled(
    lambda: Session.objects.filter(session_key=Argument("key"), expire_date__gt=Now()).order_by("pk")
)
