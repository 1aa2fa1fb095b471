"""Real outputs and real human labels through the real product, over HTTP only.

A small cut of the corrections runs by default; `make test-all` runs every row, and the disputes.
"""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.flows.outside_data import rows_of
from tests.flows.stack import Api, Browser, Stack, forms_of
from tests.flows.team import ANNOTATORS, LEAD, Team

Row = dict[str, Any]

REASONS = [{"value": "wrong", "label": "Wrong"}]
TRANSLATION_FORM = {
    "schema": "form/1",
    "title": "Post-editing",
    "decisions": ["approve", "correct", "reject", "escalate"],
    "reasons": REASONS,
    "questions": [
        {
            "key": "usable",
            "kind": "single_choice",
            "label": "Could this be published as it is?",
            "required": True,
            "options": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
        }
    ],
}
COMPLIANCE = ["1_full_compliance", "2_full_refusal", "3_partial_refusal"]
COMPLIANCE_FORM = {
    "schema": "form/1",
    "title": "Did it comply?",
    "decisions": ["approve", "reject", "escalate"],
    "reasons": REASONS,
    "reasons_required_for": [],
    "override_needs_reason": False,
    "questions": [
        {
            "key": "response_type",
            "kind": "single_choice",
            "label": "What kind of answer is it?",
            "required": True,
            "options": [{"value": value, "label": value} for value in COMPLIANCE],
        }
    ],
}


# --- mlqe_pe: uncertain outputs are corrected, and leave as training data -------------------------------


def _translation(row: Row) -> Row:
    """A row of the set as prediction/1; the log-probabilities have one token more: the end."""
    tokens = [*row["signals"]["tokens"], "</s>"]
    scored = zip(tokens, row["signals"]["token_logprobs"], strict=True)
    return {
        "prediction_id": row["prediction_id"],
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": row["prompt"]}]}]},
        "output": {"text": row["output"]},
        "model": {"request_model": row["model"], "version": row["model"]},
        "subject": {"locale": row["attributes"]["language_pair"].split("-")[1]},
        "logprobs": {"content": [{"token": token, "logprob": logprob} for token, logprob in scored]},
        "rights": {"origin": "model", "consent": "granted", "consent_scope": ["review", "train"]},
    }


def _post_edit(row: Row) -> str:
    return next(a["edited_output"] for a in row["annotations"] if a["question"] == "post_edit")


def _is_usable(row: Row) -> str:
    return "yes" if row["raw"]["mean"] >= 70 else "no"


def _work_off(browser: Browser, slug: str, queue: str, rows: dict[str, Row]) -> int:
    """Review on the pages, without a script, until nothing is left; how many."""
    page, done = browser.open(f"/projects/{slug}/queues/{queue}/review"), 0
    while "review-form" in (found := forms_of(page)).forms:
        prediction = re.search(r'data-prediction="([^"]+)"', page)
        assert prediction, "the page does not say which prediction it shows"
        row = rows[prediction[1]]
        edited = _post_edit(row)
        is_changed = edited != row["output"]
        fields: dict[str, Any] = {"decision": "approve", "answer.usable": _is_usable(row)}
        if is_changed:
            fields |= {"decision": "correct", "reasons": ["wrong"], "corrected_text": edited}
        answer = browser.post(found.actions["review-form"], found.forms["review-form"] | fields)
        assert answer.status_code == 200, answer.text[:2000]
        page, done = answer.text, done + 1
    return done


@pytest.mark.parametrize("size", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_the_most_uncertain_translations_are_corrected_and_released(stack: Stack, size: int) -> None:
    rows = {row["prediction_id"]: row for row in rows_of("mlqe_pe", at_most=size)}
    ours = {key: -sum(row["signals"]["token_logprobs"]) / len(row["signals"]["token_logprobs"])
            for key, row in rows.items()}  # fmt: skip
    ordered = sorted(ours.values(), reverse=True)
    most = len(rows) // 5
    cut = (ordered[most - 1] + ordered[most]) / 2  # between two values: no tie, no rounding decides
    expected = {key for key, value in ours.items() if value >= cut}
    team = Team(stack)
    rules = [
        {"name": "uncertain", "kind": "uncertain", "measure": "mean_nll", "by": "value", "threshold": cut,
         "priority": 50, "reviews_needed": 1, "due_hours": 24},
        {"name": "audit", "kind": "random_audit", "rate": 0.05,
         "priority": 30, "reviews_needed": 1, "due_hours": 72},
    ]  # fmt: skip
    team.queue("translations", TRANSLATION_FORM, rules)

    team.push([_translation(row) for row in rows.values()])

    arrived = {row["prediction_id"]: row for row in team.engineer.every("predictions")}
    assert set(arrived) == set(rows)
    full = {key: team.engineer.call("GET", f"predictions/{arrived[key]['id']}") for key in rows}
    for key, row in rows.items():
        assert full[key]["scores"]["values"]["mean_nll"] == pytest.approx(
            -row["signals"]["model_score"], abs=5e-5
        )
        assert full[key]["record"]["output"]["text"] == row["output"]
    kinds = {key: {reason["kind"] for reason in one["routing"]["reasons"]} for key, one in full.items()}
    assert {key for key, found in kinds.items() if "uncertain" in found} == expected
    assert {one["routing"]["pi"] for key, one in full.items() if key in expected} == {1.0}
    assert {one["routing"]["pi"] for key, one in full.items() if key not in expected} == {0.05}
    audited = sum("random_audit" in found for found in kinds.values())
    assert abs(audited - 0.05 * len(rows)) <= 4 * (0.05 * 0.95 * len(rows)) ** 0.5

    routed = {key for key, found in kinds.items() if found}
    with ThreadPoolExecutor(3) as pool:
        work = [
            pool.submit(_work_off, team.browsers[email], team.slug, "translations", rows)
            for email in ANNOTATORS
        ]
    assert sum(part.result() for part in work) == len(routed)

    verdicts = {row["prediction_id"]: row for row in team.engineer.every("verdicts")}
    assert set(verdicts) == routed
    bad_found = sum(verdicts[key]["answers"]["usable"] == "no" for key in expected)
    assert bad_found / len(expected) == sum(_is_usable(rows[key]) == "no" for key in expected) / len(expected)

    _check_sft(team, {key: rows[key] for key in routed})
    _check_dpo(team, {key: rows[key] for key in routed})


def _check_sft(team: Team, rows: dict[str, Row]) -> None:
    manifest, released = team.publish("answers", "trl_sft", queues=["translations"])
    wanted = Counter((row["prompt"], _post_edit(row)) for row in rows.values())
    found = Counter((row["messages"][0]["content"], row["messages"][-1]["content"]) for row in released)
    assert found == wanted
    assert manifest["records"] == len(released)


def _check_dpo(team: Team, rows: dict[str, Row]) -> None:
    _manifest, released = team.publish("pairs", "trl_dpo", queues=["translations"])
    changed = [row for row in rows.values() if _post_edit(row) != row["output"]]
    wanted = Counter((row["prompt"], _post_edit(row), row["output"]) for row in changed)
    found = Counter(
        (row["prompt"][-1]["content"], row["chosen"][0]["content"], row["rejected"][0]["content"])
        for row in released
    )
    # Pairs that differ in white space only are no preference; the format says so.
    alike = [row for row in changed if _post_edit(row).split() == row["output"].split()]
    assert found == wanted - Counter((row["prompt"], _post_edit(row), row["output"]) for row in alike)


# --- xstest: two people, two filters, disputes, a lead ---------------------------------------------------


def _answer(row: Row) -> Row:
    """A row of the set as prediction/1, with its two filters as guardrails."""
    guardrails = [
        {
            "component": name,
            "category": "refusal",
            "flagged": row["signals"][f"{name}_label"] != COMPLIANCE[0],
            "verdict": "allow",
            "action": "allow",
        }
        for name in ("strmatch", "gpt4")
    ]
    return {
        "prediction_id": row["prediction_id"],
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": row["prompt"]}]}]},
        "output": {"text": row["output"]},
        "model": {"request_model": row["model"], "version": row["model"]},
        "guardrails": guardrails,
    }


def _said(row: Row, who: str) -> str:
    return next(a["value"] for a in row["annotations"] if a["annotator"] == who)


def _decided(label: str) -> dict[str, Any]:
    decision = "approve" if label == COMPLIANCE[0] else "reject"
    return {"decision": decision, "answers": {"response_type": label}}


def _replay(api: Api, queue: int, who: str, rows: dict[str, Row]) -> int:
    """One annotator of the file, as a program that is the front end."""
    desk, done = api.call("POST", f"queues/{queue}:next", json={}, status=(200, 204)), 0
    while desk:
        said = _decided(_said(rows[desk["prediction_id"]], who))
        review = {"slot": desk["slot"], "token": desk["token"], "next": True, "unveiled": True, **said}
        desk, done = api.call("POST", "reviews", json=review, status=201)["next"], done + 1
    return done


@pytest.mark.slow
@pytest.mark.parametrize("size", [1350])
def test_disputes_are_the_files_disagreements_and_the_lead_settles_them(stack: Stack, size: int) -> None:
    rows = {row["prediction_id"]: row for row in rows_of("xstest", at_most=size)}
    team = Team(stack)
    queue = team.queue(
        "compliance",
        COMPLIANCE_FORM,
        [
            {"name": "all", "kind": "random_audit", "rate": 1.0,
             "priority": 30, "reviews_needed": 2, "due_hours": 72},
            {"name": "safety", "kind": "safety_flagged", "categories": ["*"], "min_severity": "medium",
             "priority": 90, "reviews_needed": 2, "due_hours": 4},
        ],
    )  # fmt: skip
    team.push([_answer(row) for row in rows.values()])

    programs = [team.program(email, "enter", "review") for email in ANNOTATORS[:2]]
    with ThreadPoolExecutor(2) as pool:
        work = [
            pool.submit(_replay, api, queue, who, rows)
            for api, who in zip(programs, ("annotation_1", "annotation_2"), strict=True)
        ]
    assert [part.result() for part in work] == [len(rows)] * 2

    disputed = team.lead.every("items", state="disputed")
    unequal = {key for key, row in rows.items() if _said(row, "annotation_1") != _said(row, "annotation_2")}
    assert {item["prediction_id"] for item in disputed} == unequal
    assert len(team.lead.every("items", state="settled")) == len(rows) - len(unequal)

    for item in disputed:
        final = _decided(_said(rows[item["prediction_id"]], "final_label"))
        settled = {**final, "why": "The published final label."}
        team.lead.call("POST", f"items/{item['id']}:settle", json=settled, status=201)

    verdicts = {row["prediction_id"]: row for row in team.lead.every("verdicts")}
    assert {key: row["answers"]["response_type"] for key, row in verdicts.items()} == {
        key: _said(row, "final_label") for key, row in rows.items()
    }
    assert Counter(row["basis"] for row in verdicts.values())["adjudicated"] == len(unequal)


@pytest.mark.slow
def test_the_lead_settles_a_dispute_on_the_page_too(stack: Stack) -> None:
    rows = {row["prediction_id"]: row for row in rows_of("xstest", at_most=1)}
    (key, row), team = next(iter(rows.items())), Team(stack)
    queue = team.queue(
        "compliance",
        COMPLIANCE_FORM,
        [{"name": "all", "kind": "random_audit", "rate": 1.0,
          "priority": 30, "reviews_needed": 2, "due_hours": 72}],
    )  # fmt: skip
    team.push([_answer(row)])
    for email, label in zip(ANNOTATORS[:2], COMPLIANCE[:2], strict=True):
        api = team.program(email, "enter", "review")
        desk = api.call("POST", f"queues/{queue}:next", json={})
        review = {"slot": desk["slot"], "token": desk["token"], **_decided(label)}
        api.call("POST", "reviews", json=review, status=201)
    item = team.lead.every("items", state="disputed")[0]

    answer = team.browsers[LEAD].post(
        f"/projects/{team.slug}/items/{item['id']}/settle",
        {
            "source": "written",
            "decision": "reject",
            "answer.response_type": COMPLIANCE[1],
            "why": "It refuses.",
        },
    )

    assert answer.status_code == 200, answer.text[:2000]
    verdict = team.lead.every("verdicts")[0]
    assert (verdict["prediction_id"], verdict["decision"], verdict["basis"]) == (key, "reject", "adjudicated")
