"""The encoder's own process: there only where an encoder is wanted, and gone when it is killed."""

import os
import signal
from functools import partial
from pathlib import Path

import psutil
import pytest

from reviewapp import environment
from reviewapp.celery import app
from reviewapp.up import encoder
from reviewapp.up.supervisor import Supervisor
from reviewapp.up.trouble import UpTrouble
from tests.reviewapp.test_up import Group, group, wait_until

__all__ = ["group"]


def programs(tmp_path: Path, wanted: str) -> dict[str, list[str]]:
    env = environment.read({"REVIEWAPP_VAR": str(tmp_path), "ENCODER": wanted})
    return {child.name: list(child.command) for child in Supervisor(env, demo=False)._programs(door_number=3)}


def test_without_an_encoder_nothing_more_is_started_than_before(tmp_path: Path) -> None:
    assert list(programs(tmp_path, "")) == ["web", "worker", "scheduler"]


def test_with_one_a_process_of_its_own_takes_the_queue_that_its_messages_go_to(tmp_path: Path) -> None:
    found = programs(tmp_path, "hashing")

    assert list(found) == ["web", "worker", "scheduler", "encoder"]
    assert "score,export,deliver" in found["worker"]
    assert "embed" in found["encoder"]
    for task in ("queues.tasks.enrich", "queues.tasks.answer"):
        assert app.amqp.router.route({}, task)["queue"].name == "embed"
    for task in ("queues.tasks.enrich_plain", "queues.tasks.run_job", "queues.tasks.sweep"):
        assert app.amqp.router.route({}, task)["queue"].name == "score"


def test_an_encoder_that_is_not_installed_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "_WEIGHTS", "no_such_package")

    encoder.check("")
    encoder.check("hashing")
    with pytest.raises(UpTrouble, match="ENCODER is 'minilm', but its packages are not installed"):
        encoder.check("minilm")


def test_the_demo_takes_what_is_there_unless_somebody_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "_WEIGHTS", "no_such_package")

    assert encoder.of_demo(None) == "hashing"
    assert encoder.of_demo("") == ""
    assert encoder.of_demo("minilm") == "minilm"


@pytest.mark.slow
def test_a_killed_encoder_leaves_nothing_behind_and_comes_back(group: Group) -> None:
    supervisor = group.up(ENCODER="hashing")
    wait_until(group.ready)
    before = group.pid_of("encoder")
    family = psutil.Process(before).children(recursive=True)

    os.kill(before, signal.SIGKILL)
    wait_until(partial(group.was_replaced, "encoder", before))

    assert not [process for process in family if process.is_running()]
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(timeout=60) == 0
    assert group.processes() == []
