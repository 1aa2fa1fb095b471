"""The worked examples of Krippendorff, Cohen, Fleiss, Artstein & Poesio, Gwet: what their authors print."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from queues.agree.metric import metrics
from queues.agree.patterns import answers_of, histogram_of
from tests.reference.agreement_mapping import published, units_of

FILE = (
    Path(os.environ.get("REVIEW_DATA_DIR", Path(__file__).parents[2] / ".." / "shared" / "data"))
    / "canonical"
    / "agreement_examples.json"
)
# Weights of one author's own: we offer none.
LEFT_OUT = {"alpha_weighted_Chck_0.5", "category_kappa"}


def _examples() -> list[Any]:
    if not FILE.is_file():
        reason = f"the published examples are not there: set REVIEW_DATA_DIR (looked in {FILE})"
        return [pytest.param(None, None, None, marks=pytest.mark.skip(reason=reason), id="no-file")]
    return [
        pytest.param(name, example["data"], expected, id=f"{example['name']}/{name}")
        for example in json.loads(FILE.read_text("utf-8"))["examples"]
        for name, expected in example["expect"].items()
        if name not in LEFT_OUT
    ]


@pytest.mark.parametrize(("name", "ratings", "expected"), _examples())
def test_we_give_what_the_authors_print(name: str, ratings: Any, expected: float | None) -> None:
    value = published(name, ratings)

    # They print two to four digits, and some cut where others round.
    assert value == (None if expected is None else pytest.approx(expected, abs=1e-3))


@pytest.mark.skipif(not FILE.is_file(), reason="the published examples are not there: set REVIEW_DATA_DIR")
def test_each_category_of_fleiss_has_the_kappa_that_he_prints() -> None:
    examples = {one["name"]: one for one in json.loads(FILE.read_text("utf-8"))["examples"]}
    fleiss = examples["fleiss_1971"]

    for category, expected in fleiss["expect"]["category_kappa"].items():
        against_all = [[value == int(category) for value in unit] for unit in units_of(fleiss["data"])]
        value = metrics.get("fleiss_kappa")(answers_of(histogram_of(against_all))).value

        assert value == pytest.approx(expected, abs=5e-3)
