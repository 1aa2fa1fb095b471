"""What a posted review form says, read strictly: ids by pattern, text with the output's line ends.

A field that the form does not have is refused: whoever sends one believes that it is stored.
"""

import json
import re
from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid
from queues.review.drafts import Tab
from queues.review.form import Form
from queues.review.line_ends import like
from queues.review.storable import unstorable
from queues.web.posted_answers import ANSWER, answers_of

# int() and UUID() would also take other scripts' digits.
_ID = re.compile(r"[0-9]{1,18}")
_SLUG = re.compile(r"[a-z0-9-]{1,100}")
_TOKEN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BESIDE_MAX = 2
_NO_DRAFT_HAS = -1  # as a revision
_SAVES_MAX = 1_000_000_000  # of one page: what the database counts
UNVEILED = "unveiled"  # sent where hidden content was looked at
_FIELDS = frozenset({"decision", "reasons", "corrected_text", "note"})
_AROUND = frozenset(
    {
        "csrfmiddlewaretoken",
        "token",
        "revision",
        "tab",
        "tab_save",
        "form",
        "left_over",
        "shown",
        "next",
        UNVEILED,
    }
)
SPLICE = frozenset({"splice_of", "splice_start", "splice_end", "splice_text"})  # see `queues.web.spliced`
_LONGEST_NAME = 60  # of an unknown field that a refusal repeats


def token_of(post: QueryDict) -> UUID:
    """The lease's token. Invalid when the form carries none."""
    token = post.get("token", "")
    if not _TOKEN.fullmatch(token):
        faults = [Fault("/token", "token.format", _("This is not a lease's token."))]
        raise Invalid(_("The form carries no lease. Reload the page and try again."), faults)
    return UUID(token)


def ids_of(values: Iterable[str]) -> list[int]:
    """The slots that a page says it shows; anything that is no id is left out."""
    return [int(value) for value in values if _ID.fullmatch(value)][:BESIDE_MAX]


def id_of(value: str) -> int | None:
    """One id; None for anything that is none."""
    return int(value) if _ID.fullmatch(value) else None


def slug_of(value: str) -> str:
    """A name in addresses; nothing for what can be none, as no row of the database may be asked for it."""
    return value if _SLUG.fullmatch(value) else ""


def is_unveiled(post: QueryDict) -> bool:
    """Whether the page says that its reader has looked at what was hidden."""
    return post.get(UNVEILED) == "yes"


def revision_of(post: QueryDict) -> int | None:
    """The draft's revision that the text was typed over; None when the form does not say.

    What is no number fits no draft, so that it can overwrite none.
    """
    value = post.get("revision")
    if value is None:
        return None
    return int(value) if _ID.fullmatch(value) else _NO_DRAFT_HAS


def tab_of(post: QueryDict) -> Tab | None:
    """The page that this was typed on, and the number of its save; None where it has no scripts.

    What is no id or no number fits no draft: then the revision alone decides.
    """
    at, nth = post.get("tab", ""), id_of(post.get("tab_save", ""))
    return Tab(UUID(at), nth) if _TOKEN.fullmatch(at) and nth is not None and nth <= _SAVES_MAX else None


def review_of(request: HttpRequest, output_text: str, form: Form) -> dict[str, object]:
    """The review form as a submission/1 document, with whatever else was sent, for it to be refused."""
    known = _FIELDS | _AROUND
    strange = [name for name in request.POST if name not in known and not name.startswith(ANSWER)]
    return submission_of(request, output_text, form) | {name[:_LONGEST_NAME]: "" for name in strange}


def draft_of(
    request: HttpRequest, output_text: str, form: Form, *, corrected_text: str | None = None
) -> dict[str, object]:
    """The same to be kept as a draft, with answers of it that the form does not ask any more.

    corrected_text: where the request has only what changed of it.
    """
    document = review_of(request, output_text, form)
    if corrected_text is not None:
        document = {name: value for name, value in document.items() if name not in SPLICE}
        document["corrected_text"] = like(output_text, corrected_text)
    return document | {"answers": _left_over(request.POST) | answers_of(request.POST, form)}


def _left_over(post: QueryDict) -> dict[str, object]:
    try:
        found = json.loads(post.get("left_over") or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    if faults := [*unstorable(found, "answers", "/answers")]:
        raise Invalid(_("Something in it is wrong"), faults)
    return found


def submission_of(request: HttpRequest, output_text: str, form: Form) -> dict[str, object]:
    """The form as a submission/1 document, as far as it was filled in."""
    post = request.POST
    text = post.get("corrected_text")
    return {
        "decision": post.get("decision", ""),
        "reasons": post.getlist("reasons"),
        "answers": answers_of(post, form),
        "corrected_text": None if text is None else like(output_text, text),
        "note": like("", post.get("note", "")),
    }
