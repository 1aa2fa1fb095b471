"""ETag and If-Match on what several people edit: who saves must have seen the present version."""

import hashlib
import re
from typing import Any

from django.utils.translation import gettext as _

from queues.api.problems import Stale, VersionMissing

_SHAPE = re.compile(r'"[\x21\x23-\x7e]{1,80}"', re.ASCII)


def etag_of(*version: object) -> str:
    """A strong ETag out of whatever changes with each version (an id, a number, a time)."""
    digest = hashlib.sha256("\0".join(map(str, version)).encode()).hexdigest()
    return f'"{digest[:32]}"'


def check_if_match(request: Any, etag: str) -> None:
    """VersionMissing (428) without If-Match, Stale (412) unless it names exactly the present version."""
    given = request.META.get("HTTP_IF_MATCH", "")
    if not given:
        raise VersionMissing(_("Read the present version first, and send its ETag as If-Match."))
    if not _SHAPE.fullmatch(given) or given != etag:
        raise Stale(
            _("It was changed since you read it. Read it again, put your change on top, and send that.")
        )
