"""The whole way of docs/close-the-loop.md: publish, pull, train with LoRA, measure, register the result."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.actor import Actor
from accounts.roles import Permission
from queues.export import actions as export
from queues.models import Deviation, Prediction, Queue
from tests.consumers.conftest import ROOT, Run
from tests.export.building import released
from tests.factories.people import api_key
from tests.factories.projects import Cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_release_becomes_a_model_whose_answers_come_back_to_the_desk(
    people: Cast, queue: Queue, run: Run, live_server: Any, tmp_path: Path
) -> None:
    exam = queue_in(people.project, slug="exam")
    for n in range(3):
        settled(exam, record=record_of(f"What is the exam question {n}?"), corrected_text=f"It is {n}.")
    for name, format_name, slug in (("exam", "golden", "exam"), ("answers", "trl_sft", "refunds")):
        export.create_dataset(
            people.project,
            name=name,
            format_name=format_name,
            wanted={"queues": [slug]},
            by=Actor(people.mel.pk),
        )
    golden, train = released(people, "golden"), released(people, "trl_sft")
    _key, text = api_key(people.project, people.mel, Permission.READ, Permission.PULL, Permission.PUSH)
    environ = {
        **os.environ,
        "REVIEWAPP_URL": live_server.url,
        "REVIEWAPP_PROJECT": people.project.slug,
        "REVIEWAPP_API_KEY": text,
    }

    def reviewapp(*words: str) -> str:
        command = [sys.executable, "-m", "reviewapp.client.cli", *words]
        done = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    for release in (golden, train):
        reviewapp("pull", f"{release.dataset.name}@latest", "--verify", "--to", release.dataset.name)
    program = str(ROOT / "docs" / "close_the_loop.py")
    told = run(
        program, "--train", str(tmp_path / "answers"), "--golden", str(tmp_path / "exam"),
        "--out", str(tmp_path / "trained"), "--steps", "20",
    )  # fmt: skip
    reviewapp("push", str(tmp_path / "trained" / "predictions.jsonl"))

    results = json.loads(told.splitlines()[-1])
    assert results["trained_on"] == "answers@1.0.0"
    assert results["before"]["n"] == results["after"]["n"] == golden.rows
    assert results["after"]["loss"] < results["before"]["loss"]
    pushed = Prediction.objects.filter(model_version="tuned-1")
    assert pushed.count() == golden.rows
    assert Deviation.objects.filter(prediction__in=pushed).count() == golden.rows
    metadata = pushed.select_related("payload")[0].payload.record["metadata"]
    assert metadata["dataset_sha256"] == train.dataset_sha256
