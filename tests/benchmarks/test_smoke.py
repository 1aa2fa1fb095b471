"""Each benchmark on tiny data: what it asserts must hold, how fast it is does not matter here."""

import os
import subprocess
import sys

import pytest

ALL = (
    "cycles",
    "screen",
    "browser",
    "ingest",
    "route",
    "detect",
    "export",
    "alike",
    "start",
    "plans",
    "picky",
    "similar",
    "search",
    "dry_run",
    "agreement",
    "people",
    "desk",
)


def run(name: str, *options: str) -> str:
    """The output of one benchmark in smoke mode, in a process and with a stack of its own."""
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "SECRET_KEY")
    }
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{name}", "--smoke", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=environment,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.slow
def test_the_cycle_benchmark_loses_and_doubles_nothing() -> None:
    said = run("cycles")

    assert '"checked": "slots leased while another held them", "value": 0' in said
    assert '"checked": "submits answered 201 whose review is not there", "value": 0' in said


@pytest.mark.slow
def test_a_release_with_an_encoder_is_measured() -> None:
    assert "2,000 verdicts, 500 golden" in run("export", "--encoder")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in ALL if name != "cycles"])
def test_every_benchmark_runs(name: str) -> None:
    assert '"figure"' in run(name)
