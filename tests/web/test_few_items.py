"""With one item or two, no figure stands alone: beside it is its interval, or why there is none."""

import re
from html import unescape
from typing import Any

import pytest

from tests.factories.judgements import VIOLATION
from tests.factories.projects import Cast
from tests.factories.questions import ANSWERS, question
from tests.factories.reviews import reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

KINDS = ("rating", "number", "ranking", "spans")
ASKS: dict[str, Any] = {**FORM, "questions": [TONE, VIOLATION, *(question(kind) for kind in KINDS)]}
ONE = {
    "decision": "correct",
    "reasons": ["factual"],
    "corrected_text": "Refunds take five days.",
    "answers": {"tone": "fine", "violation": "no"} | {kind: ANSWERS[kind] for kind in KINDS},
}
OTHER = {
    "decision": "correct",
    "reasons": ["vague"],
    "corrected_text": "We pay back within seven working days.",
    "answers": {
        "tone": "rude", "violation": "yes", "rating": 1, "number": 7.0,
        "ranking": ["polite", "clear", "brief"],
        "spans": [{"start": 0, "end": 7, "category": "fluency", "severity": "minor", "on": "output"}],
    },
}  # fmt: skip
PAGES = (
    "agreement/", "agreement/?only=drawn",
    "agreement/people/?question=tone", "agreement/people/?question=ranking",
    "agreement/groups/?question=tone", "agreement/versions/?question=tone", "agreement/texts/",
    "overrides/", "overrides/people/{ann}/", "people/figures/", "people/{ann}/figures", "disputes/",
)  # fmt: skip
# What is said of one output is no estimate, and a change says below its table that it has no interval.
FACTS = re.compile(r"<caption>\w+ most differently.*?</table>|<td class=\"number\">0\.00</td>", re.DOTALL)
FIGURE = re.compile(r"-?\d+\.\d")
SAID = re.compile(r"\[-?[\d.]+%?–-?[\d.]+%?\]|too few|at least|no interval|not defined")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def alone(page: str) -> list[str]:
    """The cells of figures that say neither an interval nor why there is none."""
    found = re.findall(r'<td class="number">(.*?)</td>', FACTS.sub("", page), re.DOTALL)
    cells = [text_of(cell) for cell in found]
    return [cell for cell in cells if FIGURE.match(cell) and not SAID.search(cell)]


@pytest.mark.parametrize("said", [[], [ONE], [ONE, ONE], [ONE, OTHER], [ONE, ONE, OTHER, OTHER]])
def test_no_figure_of_few_items_stands_alone(
    people: Cast, signed_in: SignIn, said: list[dict[str, Any]]
) -> None:
    queue = queue_in(people.project, form=ASKS)
    for _item in range(0, len(said), 2):
        waiting(queue, reviews_needed=2)
    for place, document in enumerate(said):
        reviewed(queue, (people.ann, people.olga)[place % 2], document)
    lead = signed_in(people.lee)

    for path in PAGES:
        answer = lead.get(f"/projects/{people.project.slug}/{path.format(ann=people.ann.pk)}")

        page = answer.content.decode()
        words = text_of(page.partition("<main")[2])
        assert answer.status_code == 200, path
        assert not re.search(r"\b(nan|inf)\b", words, re.IGNORECASE), path
        assert alone(page) == [], path
        assert not re.search(r'class="pill (good|bad)"', page), path
