"""What can go wrong in every stage, in words a person can act on.

Each message says what was tried, why it was refused and what to do next. One handler maps them to
HTTP for pages (`queues.web.errors`) and one for programs (`queues.api.problems`). The classes are
those of `accounts.errors`, so that a refusal at the door and one inside are handled alike.
"""

from accounts.errors import Fault, Invalid, Malformed, NotAllowed, NotFound, ReviewappError, Taken, WrongState

__all__ = ["Fault", "Invalid", "Malformed", "NotAllowed", "NotFound", "ReviewappError", "Taken", "WrongState"]
