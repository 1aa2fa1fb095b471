"""Rows of form_posts.jsonl: what a browser (or somebody in its place) posts from the review screen.

The canonical names in our words: reasons are codes of the test's own form; `edited_output` is
`corrected_text`, `comment` is `note`, `lease` is `token`, `version` is the draft's `revision`. Our
idempotency is the lease's token: a new `submission_id` is a lease that was not answered yet, a used one is
one that was. `spans` answer a question of the form; the `reason` of one is its category.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connections
from django.test import Client

from accounts.roles import Role
from tests.bad_inputs.corpus import Row, expand, fill
from tests.bad_inputs.desks import ORIGINAL, Desk
from tests.bad_inputs.outcome import Outcome, Watch
from tests.bad_inputs.pages import Page, page_of
from tests.factories.projects import member
from tests.factories.reviews import APPROVE, reviewed
from tests.factories.work import waiting

OURS = {"edited_output": "corrected_text", "comment": "note", "lease": "token", "version": "revision"}
_TYPE = "application/x-www-form-urlencoded"
_SENT_TO_LOGIN = 401  # a page says it with a redirect
SPANS = "answer.spans"

Fields = list[tuple[str, str]]


@dataclass
class Posted:
    """One row, sent: from where, which fields, and every answer."""

    desk: Desk
    fields: Fields
    answers: list[Any]
    outcome: Outcome
    sent_headers: dict[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> Any:
        return self.answers[-1]

    @property
    def page(self) -> Page:
        return page_of(self.answer)

    def values(self, name: str) -> list[str]:
        return [value for known, value in self.fields if known == name]

    def value(self, name: str) -> str:
        return (self.values(name) or [""])[-1]


def places(row: Row) -> list[str]:
    """Where our form marks what is wrong in a canonical field."""
    name = row.get("error_field")
    return [f"/{OURS.get(name, name)}"] if name else []


def send(row: Row, desk: Desk) -> Posted:
    payload = expand(row["payload"])
    fields = [*_fields(payload["fields"], desk), *desk.more.items()]
    address = _address(payload.get("path", ""), desk)
    headers = {**payload.get("headers", {}), **_csrf(payload, desk)}
    body = payload.get("body") or urlencode(fields)
    method = payload.get("method", "POST")
    if method == "GET":
        address, body = f"{address}?{body}", ""

    def once(client: Client) -> Any:
        return client.generic(method, address, body.encode(), content_type=_TYPE, headers=headers)

    watch = Watch()
    answers = [*_repeated(payload, desk, once)]
    return Posted(desk, fields, answers, outcome_of(answers, watch.seconds), headers)


def _fields(sent: list[list[str]], desk: Desk) -> Fields:
    known = {
        "lease": desk.token,
        "original": ORIGINAL,
        "original_crlf": ORIGINAL.replace("\n", "\r\n"),
        "own_review": desk.more.get("own_review", ""),
    }
    if ["submission_id", "{used_uuid}"] in sent:
        desk.submit(APPROVE)
    sent = [pair for pair in sent if not _says_nothing(*pair)]
    return [_ours(name, fill(value, known)) for name, value in sent]


def _ours(name: str, value: str) -> tuple[str, str]:
    if name == "spans":
        return SPANS, value.replace('"reason":', '"category":')
    return OURS.get(name, name), value


def _says_nothing(name: str, value: str) -> bool:
    """What a form of ours says otherwise: the token is the submission's id."""
    return name == "submission_id" and value in ("{uuid}", "{used_uuid}")


def _address(path: str, desk: Desk) -> str:
    if path == "review/undo":
        return f"{desk.root}/reviews/{desk.more['review']}/undo"
    return f"{desk.root}/{path}" if path else desk.address


def prepare_undo(row: Row, desk: Desk) -> None:
    """The review that the row takes back: one's own, or somebody else's of the same queue."""
    wanted = dict(row["payload"]["fields"])["review"]
    if wanted == "{review_of_other}":
        waiting(desk.queue)
        desk.more["review"] = str(reviewed(desk.queue, member(desk.project, Role.ANNOTATOR)).pk)
    else:
        desk.more["review"] = desk.more.get("own_review") or str(desk.submit(APPROVE))


def _csrf(payload: dict[str, Any], desk: Desk) -> dict[str, str]:
    """The form's own token, in the header that Django reads for scripts."""
    kind = payload.get("csrf", "own")
    if kind == "none":
        return {}
    if kind == "other_session":
        other = Client()
        other.force_login(member(desk.project, Role.ANNOTATOR))
        page = page_of(other.get(f"{desk.root}/queues/"))
        return {"X-CSRFToken": page.fields["csrfmiddlewaretoken"][0]}
    return {"X-CSRFToken": desk.csrf}


def _repeated(payload: dict[str, Any], desk: Desk, once: Any) -> Iterator[Any]:
    times = payload.get("repeat", 1)
    if not payload.get("concurrent"):
        yield from (once(desk.client) for _time in range(times))
        return

    def apart(_number: int) -> Any:
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)
        client.cookies = desk.client.cookies
        try:
            return once(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        yield from pool.map(apart, range(times))


def outcome_of(answers: list[Any], seconds: float) -> Outcome:
    """The worst of the answers. A redirect within the desk is a success, one to the login page a refusal."""
    worst = max(answers, key=lambda answer: _status(answer))
    if _status(worst) < 400:
        return Outcome(_status(worst), seconds=seconds)
    page = page_of(worst)
    says_why = page.says_why or bool(page.faults) or worst.status_code in (302, 405)
    return Outcome(_status(worst), says_why, page.faults, worst.status_code, seconds)


def _status(answer: Any) -> int:
    if answer.status_code != 302:
        return int(answer.status_code)
    return _SENT_TO_LOGIN if answer.headers["Location"].startswith("/login/") else 200
