"""Patterns of word lists: refused at their entry, or stored and harmless on every text."""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from queues import pipeline
from queues.models import Flag, Prediction
from tests.bad_inputs import regex_rules
from tests.bad_inputs.conftest import Sender, undone
from tests.bad_inputs.outcome import complaints
from tests.factories.arrivals import arrived
from tests.factories.people import api_key
from tests.factories.projects import member

FILE = "regex_rule"
PLACES = ["/document/entries"]
ARRIVAL_SECONDS = 1.0  # for three outputs of 5,000 characters, all detectors and the database


@pytest.fixture
def lead(sender: Sender) -> Sender:
    _key, text = api_key(sender.project, member(sender.project, Role.LEAD))
    return dataclasses.replace(sender, client=Client(raise_request_exception=False), key=text)


@pytest.mark.parametrize("source", ["own", "corpus"])
def test_every_pattern_has_an_allowed_outcome_and_holds_up_no_arrival(
    source: str, lead: Sender, tally: Callable[[str], Any]
) -> None:
    rows = list(regex_rules.own_rows()) if source == "own" else regex_rules.corpus_rows()
    if not rows:
        pytest.skip("the corpus holds no row of this kind")
    told = tally(FILE)

    for row in rows:
        with undone():
            outcomes = regex_rules.send(row, lead)
            wrong = [line for one in outcomes for line in complaints(row, one, places=PLACES)]
            if outcomes[0].was_taken:
                wrong += arrival_complaints(lead)
        told.note(row["id"], status=outcomes[0].status, seconds=max(o.seconds for o in outcomes), wrong=wrong)

    assert told.failed == {}


def arrival_complaints(lead: Sender) -> list[str]:
    """What is wrong with arrivals while the list is in force."""
    texts = ["a" * 4_999 + "!", "ab" * 2_500, "Refunds take five days."]
    ids = [arrived(lead.project, {"output": {"text": text}}) for text in texts]
    began = time.thread_time()
    pipeline.after_arrival(ids)
    seconds = time.thread_time() - began
    slow = [f"arrival took {seconds:.2f} s"] if seconds > ARRIVAL_SECONDS else []
    stuck = Prediction.objects.filter(pk__in=ids, state="received").exists()
    off = Flag.objects.filter(prediction__in=ids, category="list_switched_off").exists()
    return slow + (["an arrival is stuck"] if stuck else []) + (["it had to be switched off"] if off else [])
