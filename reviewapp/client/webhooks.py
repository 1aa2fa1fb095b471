"""For whoever is told by a webhook: is this message from the project, unchanged, and from now?"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping

TOLERANCE_SECONDS = 5 * 60  # an older message may be one that somebody has kept and sends again


class NotGenuineError(ValueError):
    """It is not to be believed; the message says why."""


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> None:
    """Nothing, or NotGenuineError. body: the bytes as they came; secret: as it was shown, `whsec_…`.

    Remember `webhook-id`: a message that was not answered in time comes again under the same one.
    Source: standardwebhooks.com, v1 (HMAC-SHA256 over id.timestamp.body).
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, stamp = given["webhook-id"], given["webhook-timestamp"]
        signatures = given["webhook-signature"].split(" ")
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        seconds = int(stamp)
    except (KeyError, ValueError, binascii.Error) as error:
        raise NotGenuineError("a header is missing, or a header or the secret has another form") from error
    if abs((time.time() if now is None else now) - seconds) > TOLERANCE_SECONDS:
        raise NotGenuineError("it was sent more than five minutes ago, or the clocks differ")
    digest = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    wanted = "v1," + base64.b64encode(digest).decode()
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signatures):
        raise NotGenuineError("no signature fits: it was changed, or made with another secret")
