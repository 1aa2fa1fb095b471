"""Published judgements given again by people at programs, and the figures that a lead then reads."""

import csv
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

from tests.flows.stack import Api
from tests.flows.team import LEAD, Row, Team

Documents = Mapping[str, deque[Row]]
"""Prediction → the submissions that people give to it; who gives which changes no figure."""


def replay(team: Team, queue: int, said: Documents, people: Sequence[str]) -> int:
    """These people work the queue off at the same time, having looked at severe texts; how many reviews."""
    programs = [team.program(email, "enter", "review") for email in people]
    with ThreadPoolExecutor(len(programs)) as pool:
        work = [pool.submit(_work_off, api, queue, said) for api in programs]
    return sum(part.result() for part in work)


def _work_off(api: Api, queue: int, said: Documents) -> int:
    desk, done = api.call("POST", f"queues/{queue}:next", json={}, status=(200, 204)), 0
    while desk:
        document = said[desk["prediction_id"]].popleft()
        review = {"slot": desk["slot"], "token": desk["token"], "next": True, "unveiled": True, **document}
        desk, done = api.call("POST", "reviews", json=review, status=201)["next"], done + 1
    return done


def figures(team: Team, queue: str) -> dict[str, Row]:
    """The page of agreement as a lead downloads it: question → its line."""
    return {row["question"]: row for row in _csv(team, f"agreement.csv?queue={queue}")}


def alpha_by_model(team: Team, queue: str, question: str) -> dict[str, float | None]:
    """The page of agreement by model version."""
    rows = _csv(team, f"agreement/groups.csv?queue={queue}&question={question}&by=model")
    return {row["name"]: float(row["value"]) if row["value"] else None for row in rows}


def _csv(team: Team, path: str) -> list[Row]:
    text = team.browsers[LEAD].open(f"/projects/{team.slug}/{path}")
    return list(csv.DictReader(StringIO(text)))


def record_of(row: Row, *, segment: str = "") -> Row:
    """A row of a set as a prediction/1."""
    prompt = row.get("prompt") or "–"
    text = prompt if isinstance(prompt, str) else "\n".join(str(turn["content"]) for turn in prompt)
    outputs = "\n\n".join(str(one["text"]) for one in row.get("outputs") or ())
    return {
        "prediction_id": row["prediction_id"],
        "occurred_at": "2026-03-01T10:00:00Z",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": text or "–"}]}]},
        "output": {"text": row.get("output") or outputs or "–"},
        "model": {"request_model": row.get("model") or "unnamed", "version": row.get("model") or "unnamed"},
        "subject": {"segment": segment} if segment else {},
    }


def by_number(numbers: Iterable[int]) -> list[Row]:
    """Rules that give each item as many reviews as its row has judgements, which its segment says."""
    return [
        {"name": f"n{n}", "kind": "attribute", "attribute": "segment", "values": [f"n{n}"],
         "priority": 50, "reviews_needed": n, "due_hours": 72}
        for n in sorted(set(numbers))
    ]  # fmt: skip
