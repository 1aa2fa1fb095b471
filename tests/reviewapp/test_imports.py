"""What each kind of process loads: memory, start time, and the promise that the web never loads torch."""

import os
import subprocess
import sys

import pytest

from reviewapp.environment import ROOT


def loaded_by(statement: str) -> set[str]:
    """The modules in memory after the statement, in a fresh process."""
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


HEAVY = {"torch", "sentence_transformers", "transformers"}


@pytest.mark.parametrize("module", ["reviewapp.wsgi", "reviewapp.celery"])
def test_web_and_worker_load_no_encoder(module: str) -> None:
    assert not loaded_by(f"import {module}") & HEAVY


def test_asking_which_encoder_is_configured_loads_none() -> None:
    asked = "import reviewapp.wsgi; from queues.score import encoders; encoders.named('hashing')"

    assert not loaded_by(asked) & HEAVY


@pytest.mark.parametrize("module", ["reviewapp.up.supervisor", "reviewapp.schedule", "reviewapp.client.cli"])
def test_supervisor_scheduler_and_client_load_no_django(module: str) -> None:
    # Celery takes a look at django.utils where Django is installed; that is small.
    assert not loaded_by(f"import {module}") & {"django.apps.registry", "django.db.models", "django.conf"}
