"""The environment of the real consumers, and releases in folders for them to read."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from queues.export.files import store
from queues.models import Queue, Release
from tests.export.building import content, released
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

ROOT = Path(__file__).parents[2]
PYTHON = Path(os.environ.get("CONSUMERS_PYTHON") or ROOT / ".venv-consumers" / "bin" / "python")
PROGRAMS = Path(__file__).parent / "programs"
SECONDS = 300

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A program of the consumers' environment, offline but for this machine; its last line."""
    if not PYTHON.exists():
        pytest.skip(f"no consumers: {PYTHON} is not there (make consumers, or set CONSUMERS_PYTHON)")
    kept = {"PATH": f"{PYTHON.parent}:{os.environ['PATH']}", "HOME": str(tmp_path / "home")}
    environ = kept | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf"), "OMP_NUM_THREADS": "1"}

    def told(*words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            [str(PYTHON), *words], env=environ, cwd=cwd, capture_output=True, text=True, timeout=SECONDS
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    return told


@pytest.fixture
def ask(run: Run) -> Callable[..., Any]:
    """A program of ours with the consumers' packages; what it says as JSON."""
    return lambda name, *words: json.loads(run(str(PROGRAMS / f"{name}.py"), *words).splitlines()[-1])


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path / "storage"))


@pytest.fixture
def queue(people: Cast) -> Queue:
    """Six approved, six corrected and three rejected answers; line ends and signs that others trip over."""
    queue = queue_in(people.project, slug="refunds")
    rights = {"rights": {"licence": "CC-BY-4.0"}, "subject": {"locale": "en-GB"}}
    for n in range(15):
        decision = ("approve", "correct", "reject")[0 if n < 6 else 1 if n < 12 else 2]
        record = record_of(f"Question {n}?\u2028é", **rights)
        better = f"Better {n}\r\n\u0085"
        settled(queue, decision, output_text=f"Output {n}", corrected_text=better, record=record)
    return queue


@pytest.fixture
def files_of(tmp_path: Path) -> Callable[[Release], Path]:
    """All files of a release in a folder, as `pull` leaves them."""

    def written(release: Release) -> Path:
        place = tmp_path / release.dataset.name
        place.mkdir()
        for file in release.files.all():
            (place / file.path).write_bytes(content(release, file.path))
        return place

    return written


@pytest.fixture
def release(people: Cast, queue: Queue) -> Callable[[str], Release]:
    """A release in a format."""
    return lambda name: released(people, name)
