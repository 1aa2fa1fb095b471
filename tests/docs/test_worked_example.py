"""The worked example of docs/plugins.md: its files, and no other, added to a copy of the program."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import read

ROOT = Path(__file__).parents[2]

ROUTE_ONE = """
from django.conf import settings
settings.configure(USE_I18N=False)
from queues.route.condition import Case
from queues.route.decide import decide
from queues.route.policy_document import parse
from queues.score.compute import scores_of
from queues.score.detectors.guardrails import guardrail_findings
from queues.score.detector import detectors

tokens = [{"token": "x", "logprob": -0.1}] * 7
record = {"output": {"text": "Maybe we will refund you."}, "logprobs": {"content": tokens}}
rules = [
    {"name": "hedges", "kind": "uncertain", "measure": "hedging", "by": "value", "threshold": 0.1,
     "queue": "q"},
    {"name": "promises", "kind": "safety_flagged", "categories": ["promise"], "queue": "q"},
    {"name": "long", "kind": "long_winded", "tokens": 6, "queue": "q"},
]
findings = [finding for _name, detect in detectors for finding in detect(record)]
case = Case("x", scores_of(record).values, {}, findings, "salt")
decision = decide(parse({"schema": "policy/1", "rules": rules}), case)
print(*(reason["rule"] for reason in decision.reasons))
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the program with the example's files, each where its first line says."""
    for package in ("queues", "accounts"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    blocks = re.findall(r"```python\n# (queues/\S+\.py)\n(.*?)```", read("docs/plugins.md"), re.DOTALL)
    assert len(blocks) == 3
    for place, source in blocks:
        (tmp_path / place).write_text(source, "utf-8")
    return tmp_path


def test_one_file_each_is_enough_for_a_measure_a_detector_and_a_rule(program: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ROUTE_ONE],
        cwd=program,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert ran.stderr == ""
    assert ran.stdout.split() == ["hedges", "promises", "long"]
