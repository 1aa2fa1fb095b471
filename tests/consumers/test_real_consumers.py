"""The real consumers read what we write: TRL, datasets, lm-evaluation-harness, inspect_ai, mlcroissant."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Permission
from queues.models import Release
from queues.web.snippets import snippets_of
from tests.consumers.conftest import PROGRAMS, PYTHON, ROOT, SECONDS, Run
from tests.export.building import content
from tests.factories.people import api_key
from tests.factories.projects import Cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Make = Callable[[str], Release]
Ask = Callable[..., Any]
Files = Callable[[Release], Path]


def rows_in(release: Release, path: str = "train.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in content(release, path).split(b"\n")[:-1]]


@pytest.mark.parametrize(
    ("name", "trainer"),
    [
        ("trl_sft", "SFT"),
        ("trl_sft_prompt_completion", "SFT"),
        ("trl_dpo", "DPO"),
        ("trl_dpo_implicit", "Reward"),
        ("trl_kto", "KTO"),
    ],
)
def test_trl_trains_on_our_rows_without_a_mapping_function(
    release: Make, files_of: Files, ask: Ask, name: str, trainer: str
) -> None:
    made = release(name)

    told = ask("train", str(files_of(made) / "train.jsonl"), trainer)

    assert told["rows"] == told["prepared"] == made.rows
    assert any("ids" in column for column in told["columns"])


def test_the_copied_command_pulls_and_trains(
    people: Cast, release: Make, run: Run, live_server: Any, tmp_path: Path
) -> None:
    """On a CPU, and one step instead of all: what the page tells is the rest of it."""
    made = release("trl_dpo")
    snippet = snippets_of(made, base_url=live_server.url, project=people.project.slug)[0]
    (tmp_path / "rows").write_bytes(content(made, "train.jsonl"))
    run(str(PROGRAMS / "tiny.py"), str(tmp_path / "rows"), str(tmp_path / "model"))
    ours = tmp_path / "bin"
    ours.mkdir()
    (ours / "reviewapp").write_text(f'#!/bin/sh\nexec {sys.executable} -m reviewapp.client.cli "$@"\n')
    (ours / "reviewapp").chmod(0o755)
    environ = {
        "PATH": f"{ours}:{PYTHON.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "HF_HUB_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "REVIEWAPP_API_KEY": api_key(people.project, people.mel, Permission.READ, Permission.PULL)[1],
        "MODEL": str(tmp_path / "model"),
    }

    done = subprocess.run(
        ["bash", "-c", snippet.code.replace("  #", " --use_cpu --max_steps 1 --report_to none  #")],
        env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-4000:]
    assert (tmp_path / "trained" / "model.safetensors").exists()


def test_datasets_loads_from_the_live_server_with_a_header(
    people: Cast, release: Make, ask: Ask, live_server: Any
) -> None:
    made = release("trl_dpo")
    _key, text = api_key(people.project, people.mel, Permission.PULL)
    base = f"{live_server.url}/api/v1/projects/{people.project.slug}/releases/trl-dpo@1.0.0/files/"

    assert ask("load", base + "train.jsonl", text, "json") == rows_in(made)
    assert ask("load", base + "train.jsonl.gz", text, "json") == rows_in(made)
    table = ask("load", base + "train.parquet", text, "parquet")
    assert {row["chosen"][0]["content"] for row in table} == {
        row["chosen"][0]["content"] for row in rows_in(made)
    }


def test_the_harness_runs_the_golden_task_offline(release: Make, files_of: Files, run: Run) -> None:
    place = files_of(release("lm_eval"))

    words = ["-m", "lm_eval", "--model", "dummy", "--include_path", ".", "--tasks", "lm_eval_golden"]
    told = run(*words, "--output_path", "results", cwd=place)

    results = json.loads(next(place.rglob("results_*.json")).read_text())
    assert results["n-samples"]["lm_eval_golden"]["original"] == 12
    assert "exact_match" in told


def test_inspect_loads_the_golden_samples(release: Make, files_of: Files, ask: Ask) -> None:
    made = release("golden")

    samples = ask("samples", str(files_of(made) / "golden.jsonl"))

    assert samples == [
        {"id": row["id"], "input": [m["content"] for m in row["input"]], "target": row["target"]}
        for row in rows_in(made, "golden.jsonl")
    ]


@pytest.mark.parametrize("name", ["trl_dpo", "lm_eval", "neutral"])
def test_mlcroissant_accepts_the_metadata_and_reads_the_records(
    release: Make, files_of: Files, ask: Ask, name: str
) -> None:
    made = release(name)

    told = ask("croissant", str(files_of(made) / "croissant.json"))

    assert (told["errors"], told["warnings"]) == ([], [])
    assert len(told["records"]) == made.rows
