"""The encoder of this installation, for those who ask whether there is one and what it is called.

Only a worker may encode with it, unless it compares wording only: see `queues.score.questions`.
"""

import logging

from django.utils.translation import gettext as _

from queues.score import encoders
from queues.score.encoder import Encoder, EncoderUnusable

log = logging.getLogger(__name__)


def own_encoder() -> Encoder | None:
    """None when none is configured, or the one that is cannot be used: no request fails for that."""
    try:
        return encoders.configured()
    except EncoderUnusable as error:
        log.warning("ENCODER cannot be used: %s", error)
        return None


def why_none() -> str:
    """Why there is no encoder, and what to do about it, in a sentence."""
    try:
        encoders.configured()
    except EncoderUnusable as error:
        return _("The encoder that is configured cannot be used: %(error)s") % {"error": error}
    return _("No encoder is configured here: set ENCODER and start again, and what arrives gets vectors.")
