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
from queues.models import Release, ReleaseRow
from tests.consumers.conftest import PROGRAMS, PYTHON, ROOT, SECONDS, Run
from tests.export.building import content
from tests.export.recalling import withdraw
from tests.factories.people import api_key
from tests.factories.projects import Cast
from tests.web.copied import copied

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


class Copied:
    """What the page of trl-dpo shows, to run as it is: with a tiny model, a key, and what a CPU needs."""

    def __init__(self, codes: dict[str, str], place: Path, key: str) -> None:
        self.codes, self.place = codes, place
        ours = place / "bin"
        ours.mkdir()
        for name, line in (
            ("reviewapp", f'{sys.executable} -m reviewapp.client.cli "$@"'),
            ("trl", f'{PYTHON.parent / "trl"} "$@" --use_cpu --max_steps 1 --report_to none'),
        ):
            (ours / name).write_text(f"#!/bin/sh\nexec {line}\n")
            (ours / name).chmod(0o755)
        self.environ = {
            "PATH": f"{ours}:{PYTHON.parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(place),
            "OMP_NUM_THREADS": "1",
            "REVIEWAPP_API_KEY": key,
            "MODEL": str(place / "model"),
        }

    def shell(self, name: str) -> None:
        self._run("sh", "-c", self.codes[name], HF_HUB_OFFLINE="1")

    def python(self, name: str, before: str = "", after: str = "", **environ: str) -> str:
        return self._run(str(PYTHON), "-c", f"{before}\n{self.codes[name]}\n{after}", **environ)

    def _run(self, *words: str, **environ: str) -> str:
        done = subprocess.run(
            words, env=self.environ | environ, cwd=self.place, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout


@pytest.fixture
def on_the_page(people: Cast, release: Make, run: Run, live_server: Any, tmp_path: Path) -> Copied:
    made = release("trl_dpo")
    (tmp_path / "rows").write_bytes(content(made, "train.jsonl"))
    run(str(PROGRAMS / "tiny.py"), str(tmp_path / "rows"), str(tmp_path / "model"))
    key = api_key(people.project, people.mel, Permission.READ, Permission.PULL)[1]
    return Copied(copied(people, live_server.url, "trl-dpo"), tmp_path, key)


def test_the_copied_command_pulls_and_trains(on_the_page: Copied, tmp_path: Path) -> None:
    """On a CPU, and one step instead of all: what the page tells is the rest of it."""
    on_the_page.shell("pull, and train with TRL DPO")

    assert (tmp_path / "trained" / "model.safetensors").exists()


def test_the_copied_lines_load_the_rows_and_refuse_what_was_withdrawn(
    people: Cast, on_the_page: Copied
) -> None:
    made = Release.objects.get()
    expected = rows_in(made)

    told = on_the_page.python("datasets", after="import json; print(json.dumps([dict(row) for row in rows]))")
    withdraw(people, ReleaseRow.objects.filter(release=made)[0].item.prediction.prediction_id)
    with pytest.raises(AssertionError, match="Rows withdrawn since: 1"):
        on_the_page.python("datasets")

    assert json.loads(told.splitlines()[-1]) == expected


def test_the_copied_trainer_trains_on_what_was_pulled(on_the_page: Copied) -> None:
    """One step on a CPU, by what its configuration takes from elsewhere."""
    on_the_page.shell("reviewapp")
    on_a_cpu = (
        "import functools, trl\n"
        "trl.DPOConfig = functools.partial(trl.DPOConfig, use_cpu=True, max_steps=1, report_to=[])\n"
    )

    on_the_page.python("TRL DPOTrainer", before=on_a_cpu, after="print(len(rows))", HF_HUB_OFFLINE="1")


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
