"""Published judgements of people, given again over HTTP: the lead's page shows the published agreement.

Slow: some 40,000 reviews. DICES-350 cannot be given again: it has 123 people on each conversation, and an
item takes 20 reviews at most (a constraint, `item_reviews_1_to_20`). The same function shows its agreement
from the answers themselves in tests/agree/test_metrics.py.
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.flows.outside_data import rows_of
from tests.flows.replayed import alpha_by_model, by_number, figures, record_of, replay
from tests.flows.stack import Stack
from tests.flows.team import LEAD, Row, Team

pytestmark = pytest.mark.slow

CROWD = tuple(f"reader{n}@example.com" for n in range(8))


@dataclass(frozen=True, slots=True)
class Replayed:
    """questions: of the form. answers: of a row, one dictionary for each person. expected: question →
    column of the page → published value; by_model: question → model → alpha.
    """

    name: str
    questions: list[Row]
    expected: Mapping[str, Mapping[str, float]]
    by_model: Mapping[str, Mapping[str, float]]
    only: str = ""  # of the ids, which rows

    def rows(self) -> list[Row]:
        return [row for row in rows_of(self.name) if self.only in row["prediction_id"]]


def choice(key: str, *values: object) -> Row:
    options = [{"value": str(value), "label": str(value)} for value in values]
    return {"key": key, "kind": "single_choice", "label": key, "options": options}


def rating(key: str, most: int, level: str) -> Row:
    return {"key": key, "kind": "rating", "label": key, "minimum": 0, "maximum": most, "level": level}


def _of(row: Row, question: str) -> list[Row]:
    return [one for one in row["annotations"] if one["role"] == "human" and one["question"] == question]


def _critical(row: Row) -> list[Row]:
    """Codes 2 and 3 mean "cannot judge": once a value of their own, once no answer."""
    values = [one["value"] for one in _of(row, "catastrophic_error")]
    return [{"code": str(value), **({"error": str(value)} if value < 2 else {})} for value in values]


def _assessed(row: Row) -> list[Row]:
    return [{"score": one["value"]} for one in _of(row, "direct_assessment")]


def _severity(row: Row) -> list[Row]:
    """Moved from -3..1 to 0..4, which changes neither coefficient; of each person the first."""
    values = [one["value"] + 3 for one in _of(row, "severity") if not one.get("repeat")]
    return [{"ordinal": value, "interval": value} for value in values]


def _preference(row: Row) -> list[Row]:
    return [{"preference": str(one["value"])} for one in _of(row, "preference")]


def _any_span(row: Row) -> list[Row]:
    return [{"any": "yes" if one["value"] else "no"} for one in _of(row, "hallucination")]


def _mqm(row: Row) -> list[Row]:
    """The score of a segment by the weights of its authors (Freitag et al. 2021)."""
    return [{"score": round(sum(map(_weight, one["spans"])), 1)} for one in _of(row, "mqm")]


def _weight(span: Row) -> float:
    if span["label"].startswith("Non-translation"):
        return 25.0
    if span["severity"] == "Major":
        return 5.0
    return 0.1 if span["label"] == "Fluency/Punctuation" else 1.0


def _irony(row: Row) -> list[Row]:
    """Asked of all, and of each sex by itself."""
    of_sex = {"Female": "female", "Male": "male"}
    said = []
    for one in _of(row, "irony"):
        sex = of_sex.get(one["group"]["Gender"])
        said.append({"irony": one["value"]} | ({sex: one["value"]} if sex else {}))
    return said


def _response(row: Row) -> list[Row]:
    return [{"response": one["value"]} for one in _of(row, "response_type")]


ANSWERS: dict[str, Any] = {
    "mlqe_critical": _critical,
    "mlqe_pe": _assessed,
    "convabuse": _severity,
    "pandalm": _preference,
    "xsum_hallucination": _any_span,
    "mqm_2023_3raters": _mqm,
    "multipico": _irony,
    "xstest": _response,
}
SETS = [
    Replayed(
        "mlqe_critical",
        [choice("code", 0, 1, 2, 3), choice("error", 0, 1)],
        {"code": {"value": 0.388049}, "error": {"value": 0.450919}},
        {},
        only="encs",
    ),
    Replayed(
        "mlqe_pe",
        [rating("score", 100, "interval")],
        {},
        {"score": {"nmt-et-en": 0.605246, "nmt-en-de": 0.376889}},
    ),
    Replayed(
        "convabuse",
        [rating("ordinal", 4, "ordinal"), rating("interval", 4, "interval")],
        {"ordinal": {"value": 0.655312}, "interval": {"value": 0.714943}},
        {},
    ),
    Replayed(
        "pandalm",
        [choice("preference", 0, 1, 2)],
        {"preference": {"value": 0.864221, "percent": 0.9199, "ac1": 0.8864}},
        {},
    ),
    Replayed(
        "xsum_hallucination",
        [choice("any", "no", "yes")],
        {"any": {"value": 0.800241, "percent": 0.9647, "ac1": 0.9571}},
        {},
    ),
    Replayed(
        "mqm_2023_3raters",
        [{"key": "score", "kind": "number", "label": "score", "level": "interval"}],
        {"score": {"value": 0.498827}},
        {},
    ),
    Replayed(
        "multipico",
        [choice("irony", 0, 1), choice("female", 0, 1), choice("male", 0, 1)],
        {"irony": {"value": 0.197287}, "female": {"value": 0.200164}, "male": {"value": 0.190092}},
        {},
    ),
    Replayed(
        "xstest",
        [choice("response", "1_full_compliance", "2_full_refusal", "3_partial_refusal")],
        {},
        {"response": {"gpt4": 0.970135, "llama2new": 0.925843, "llama2orig": 0.929332}},
    ),
]


@pytest.mark.parametrize("one", SETS, ids=lambda one: one.name)
def test_the_page_shows_the_published_agreement(stack: Stack, one: Replayed) -> None:
    rows, team = one.rows(), Team(stack, annotators=CROWD)
    said = {row["prediction_id"]: [{"decision": "approve", "answers": answers}
                                   for answers in ANSWERS[one.name](row)] for row in rows}  # fmt: skip
    form = {
        "schema": "form/1",
        "title": one.name,
        "decisions": ["approve", "escalate"],
        "questions": one.questions,
    }
    queue = team.queue("judged", form, by_number(len(documents) for documents in said.values()))

    team.push([record_of(row, segment=f"n{len(said[row['prediction_id']])}") for row in rows])
    given = replay(team, queue, {key: deque(documents) for key, documents in said.items()}, CROWD)

    assert given == sum(map(len, said.values()))
    page = figures(team, "judged")
    for question, columns in one.expected.items():
        for column, value in columns.items():
            digits = 1e-6 if column == "value" else 5e-5  # as published
            assert float(page[question][column]) == pytest.approx(value, abs=digits), (question, column)
    for question, models in one.by_model.items():
        found = alpha_by_model(team, "judged", question)
        assert found == {model: pytest.approx(value, abs=1e-6) for model, value in models.items()}
    _check_again(team)


def _check_again(team: Team) -> None:
    """The lead's button: a worker computes it all again from the raw answers and finds the same."""
    lead, path = team.browsers[LEAD], f"/projects/{team.slug}/agreement/"
    lead.post(f"{path}check", {"queue": "judged"})
    end = time.monotonic() + 90
    while "Computed again from the raw answers" not in (page := lead.open(f"{path}?queue=judged")):
        assert time.monotonic() < end, "nobody has computed it again"
        time.sleep(0.5)
    assert "with another program" in page
    assert "the same." in page
    assert "not the same." not in page
