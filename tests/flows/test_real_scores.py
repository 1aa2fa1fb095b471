"""What our scores are worth on real outputs, over HTTP only: pushed, reviewed, weighed, shown.

All of it is slow: a small cut is compared with the functions' own answer, all rows with published figures.
"""

import time
from statistics import fmean
from typing import Any

import pytest

from queues.score.normalise import normalise_v1
from queues.statistics.discrimination import auroc, labelled
from tests.flows.outside_data import rows_of
from tests.flows.stack import Api, Stack
from tests.flows.team import ANNOTATORS, LEAD, Team
from tests.monitor.test_real_worth import published

pytestmark = pytest.mark.slow

Row = dict[str, Any]
TARGET_ERRORS = 50  # of the mean rating: below, the translation is bad
FORM = {
    "schema": "form/1",
    "title": "Is it right?",
    "decisions": ["approve", "reject", "escalate"],
    "reasons": [{"value": "wrong", "label": "Wrong"}],
}
ALL = {"name": "all", "kind": "random_audit", "rate": 1.0, "priority": 30, "reviews_needed": 1,
       "due_hours": 72}  # fmt: skip


def message(text: str) -> Row:
    return {"messages": [{"role": "user", "parts": [{"type": "text", "content": text}]}]}


def reviewed(team: Team, queue: int, errors: dict[str, bool]) -> None:
    """One annotator, as a program, says of everything whether it is right."""
    api = team.program(ANNOTATORS[0], "enter", "review")
    desk = api.call("POST", f"queues/{queue}:next", json={})
    while desk:
        review: Row = {
            "slot": desk["slot"],
            "token": desk["token"],
            "next": True,
            "unveiled": True,
            "decision": "approve",
        }
        if errors[desk["prediction_id"]]:
            review |= {"decision": "reject", "reasons": ["wrong"]}
        desk = api.call("POST", "reviews", json=review, status=201)["next"]


def weighed(lead: Api, version: str, *, within_seconds: float = 90) -> dict[str, Row]:
    """Measure → what it is worth for this model version, once the worker has weighed all verdicts."""
    job = lead.call("POST", "measures:refit", status=202)["job"]
    end = time.monotonic() + within_seconds
    while (now := lead.call("POST", "measures:refit", status=202))["job"] == job and now["state"] != "done":
        assert time.monotonic() < end, f"not weighed within {within_seconds} s: {now}"
        time.sleep(0.5)
    found = lead.call("GET", "measures", params={"model_version": version})
    return {worth["measure"]: worth for worth in found["measures"]}


# --- mlqe_pe: the model's own confidence works for one pair of languages and fails for the other -----------


def is_bad(row: Row) -> bool:
    ratings = [one["value"] for one in row["annotations"] if one["question"] == "direct_assessment"]
    return fmean(ratings) < TARGET_ERRORS


def translation(row: Row) -> Row:
    logprobs = row["signals"]["token_logprobs"]
    return {
        "prediction_id": row["prediction_id"],
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": message(row["prompt"]),
        "output": {"text": row["output"]},
        "model": {"request_model": row["model"], "version": row["attributes"]["language_pair"]},
        "subject": {"locale": row["attributes"]["language_pair"].split("-")[1]},
        "logprobs": {"content": [{"token": f"t{n}", "logprob": one} for n, one in enumerate(logprobs)]},
    }


@pytest.mark.parametrize("size", [60, 2000])
def test_confidence_finds_bad_translations_in_one_pair_and_the_page_says_where_it_fails(
    stack: Stack, size: int
) -> None:
    rows = {row["prediction_id"]: row for row in rows_of("mlqe_pe", at_most=size)}
    team = Team(stack)
    queue = team.queue("translations", FORM, [ALL])
    team.push([translation(row) for row in rows.values()])
    reviewed(team, queue, {key: is_bad(row) for key, row in rows.items()})

    for pair in ("et-en", "en-de"):
        of_pair = [row for row in rows.values() if row["attributes"]["language_pair"] == pair]
        worth = weighed(team.lead, pair)["mean_nll"]
        expected = auroc(labelled([-fmean(row["signals"]["token_logprobs"]) for row in of_pair],
                                  [is_bad(row) for row in of_pair]))  # fmt: skip
        assert worth["labels"] == len(of_pair)
        assert worth["errors"] == sum(map(is_bad, of_pair))
        if worth["auroc"] is not None:  # the small cut has too few errors in one pair
            assert worth["auroc"]["value"] == pytest.approx(expected, abs=1e-9)
    if size < 2000:
        return
    fails, works = weighed(team.lead, "en-de")["mean_nll"], weighed(team.lead, "et-en")["mean_nll"]
    assert (round(works["auroc"]["value"], 4), works["says"]) == (0.7267, "works")
    assert (round(fails["auroc"]["value"], 4), fails["says"], fails["errors"]) == (0.4528, "fails", 25)
    assert fails["groups"][0]["audit"]["rate"] == pytest.approx(0.025)
    page = team.browsers[LEAD].open(f"/projects/{team.slug}/measures/?model_version=en-de")
    assert "fails here" in page


# --- uq_triviaqa: samples that disagree ---------------------------------------------------------------------


def answer(row: Row, *, normalise: Any) -> Row:
    samples = [normalise(sample) for sample in row["signals"]["samples_cleaned"]]
    return {
        "prediction_id": row["prediction_id"],
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": message(row["prompt"]),
        "output": {"text": samples[0] or "-"},
        "model": {"request_model": "qa", "version": "qa"},
        "samples": [{"text": sample or "-"} for sample in samples[1:]],  # the first is the output itself
    }


@pytest.mark.parametrize("size", [60, None])
def test_votes_of_samples_find_wrong_answers_as_published(stack: Stack, size: int | None) -> None:
    rows = {row["prediction_id"]: row for row in rows_of("uq_triviaqa", at_most=size)}
    errors = {
        key: published(row["signals"]["samples_cleaned"][0]) != published(row["annotations"][0]["value"])
        for key, row in rows.items()
    }
    team = Team(stack)
    queue = team.queue("answers", FORM, [ALL])
    team.push([answer(row, normalise=published) for row in rows.values()])
    reviewed(team, queue, errors)

    found = weighed(team.lead, "qa")

    assert found["vote_disagreement"]["errors"] == sum(errors.values())
    if size is None:
        assert round(found["vote_disagreement"]["auroc"]["value"], 4) == 0.8607
        assert round(found["vote_entropy"]["auroc"]["value"], 4) == 0.8546
    else:
        samples = {key: [normalise_v1(published(s)) or "-" for s in row["signals"]["samples_cleaned"]]
                   for key, row in rows.items()}  # fmt: skip
        modal = [1 - max(map(one.count, one)) / len(one) for one in samples.values()]
        expected = auroc(labelled(modal, list(errors.values())))
        assert found["vote_disagreement"]["auroc"]["value"] == pytest.approx(expected, abs=1e-9)
