"""Segments and cohorts stay few: one too many is refused by its field, and what is known goes on arriving."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from queues.ingest import subject_values
from queues.models import Prediction, SubjectValue
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject_values, "VALUES_MOST", 3)
    monkeypatch.setattr(subject_values, "KEYS_MOST", 2)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def mel(people: Cast) -> Client:
    _key, text = api_key(people.project, people.mel)
    return Client(headers={"Authorization": f"Bearer {text}"})


def address(people: Cast, tail: str = "") -> str:
    return f"/api/v1/projects/{people.project.slug}/predictions{tail}"


def record(name: str, **subject: Any) -> dict[str, Any]:
    told = {"prediction_id": name, "occurred_at": "2026-03-01T10:00:00Z", "output": {"text": "Yes."}}
    return told | {"model": {"request_model": "m"}, "input": {"prompt": "Why?"}, "subject": subject}


def test_a_segment_too_many_is_refused_by_its_field_and_what_is_known_goes_on(
    people: Cast, mel: Client
) -> None:
    sent = [record(f"p-{n}", segment=f"s-{n}") for n in range(5)]

    results = mel.post(address(people, ":batch"), sent, "application/json").json()["results"]
    again = mel.post(address(people), record("p-9", segment="s-1"), "application/json")
    refused = mel.post(address(people), record("p-10", segment="s-10"), "application/json")

    assert [one["status"] for one in results] == [201] * 3 + [422] * 2
    fault = results[4]["problem"]["errors"][0]
    assert (fault["pointer"], fault["code"]) == ("/subject/segment", "subject.too_many")
    assert (again.status_code, refused.status_code) == (201, 422)
    assert refused.json()["errors"][0]["pointer"] == "/subject/segment"
    assert Prediction.objects.count() == 4


@pytest.mark.parametrize(
    ("cohorts", "refused"),
    [
        ([{"plan": f"p-{n}"} for n in range(4)], "/subject/cohort/plan"),
        ([{f"key-{n}": 1} for n in range(3)], "/subject/cohort/key-2"),
        ([{"n": n} for n in range(9)], None),  # numbers tell nothing apart
        ([{"is_new": True}, {"is_new": False}, {"is_new": True, "a/b": "~"}], None),
    ],
)
def test_keys_and_words_of_cohorts_are_bounded_each(
    people: Cast, mel: Client, cohorts: list[dict[str, Any]], refused: str | None
) -> None:
    answers = [
        mel.post(address(people), record(f"p-{n}", cohort=cohort), "application/json")
        for n, cohort in enumerate(cohorts)
    ]

    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert answers[-1].status_code == (422 if refused else 201)
    if refused:
        assert [one["pointer"] for one in answers[-1].json()["errors"]] == [refused]


def test_projects_do_not_share_their_room(people: Cast, mel: Client) -> None:
    other = cast()
    SubjectValue.objects.bulk_create(
        SubjectValue(project=other.project, about="segment", value=f"s-{n}") for n in range(3)
    )

    assert mel.post(address(people), record("p", segment="new"), "application/json").status_code == 201


def test_a_file_is_told_which_line_has_one_too_many(
    people: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sent.jsonl"
    lines = [record_of("Why?") | record(f"p-{n}", segment=f"s-{n}") for n in range(4)]
    path.write_text("\n".join(map(json.dumps, lines)))

    with pytest.raises(CommandError, match="Some records were rejected"):
        call_command("ingest", path, project=people.project.slug, no_progress=True)

    assert "subject.too_many" in capsys.readouterr().out
    assert Prediction.objects.filter(project=people.project).count() == 3
