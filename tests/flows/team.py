"""A project with its people on a running stack, made over HTTP only."""

import json
import re
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from tests.flows.stack import Api, Browser, Stack

Row = dict[str, Any]

ANNOTATORS = ("ann@example.com", "ben@example.com", "cem@example.com")
LEAD, ENGINEER = "lee@example.com", "mia@example.com"


class Team:
    """A project with its people, made as an owner makes them: on the pages."""

    def __init__(self, stack: Stack, *, annotators: Sequence[str] = ANNOTATORS) -> None:
        self.stack, self.slug = stack, f"flow-{uuid4().hex[:8]}"
        owner_email = f"owner-{self.slug}@example.com"
        printed = stack.manage("create_project", self.slug, "--name", self.slug, "--owner", owner_email)
        self.owner = Browser(stack)
        one_time = printed.split("only now: ")[1].strip()
        self.owner.sign_in(owner_email, one_time)
        self.owner.choose_password(one_time)
        self.browsers = {email: self._admit(email, "annotator") for email in annotators}
        self.browsers[LEAD] = self._admit(LEAD, "lead")
        self.browsers[ENGINEER] = self._admit(ENGINEER, "ml_engineer")
        self.lead = self.program(LEAD, "enter", "read", "settle", "tune")
        self.engineer = self.program(ENGINEER, "enter", "read", "push", "release", "pull")

    def program(self, email: str, *scopes: str) -> Api:
        return Api(self.stack, self.slug, self.browsers[email].new_key(self.slug, *scopes))

    def _admit(self, email: str, role: str) -> Browser:
        own = email.replace("@", f"-{self.slug}@")
        answer = self.owner.post(
            f"/projects/{self.slug}/people/admit/",
            {"email": own, "name": email.split("@")[0].title(), "role": role},
        )
        assert answer.status_code == 201, answer.text[:1000]
        browser = Browser(self.stack)
        one_time = _one_time_password(answer.text)
        browser.sign_in(own, one_time)
        browser.choose_password(one_time)
        return browser

    def queue(self, slug: str, form: dict[str, Any], rules: list[dict[str, Any]]) -> int:
        """A queue with its form, and a policy in force that sends to it."""
        queue = self.lead.call("POST", "queues", json={"slug": slug, "name": slug, "form": form}, status=201)
        policy = {"schema": "policy/1", "rules": [{"queue": slug, **rule} for rule in rules]}
        made = self.lead.call(
            "POST", "policies", json={"document": policy, "reason": "for the flow"}, status=201
        )
        self.lead.call("PUT", "policies/active", json={"version": made["version"], "reason": "for the flow"})
        return int(queue["id"])

    def push(self, records: list[Row]) -> None:
        for start in range(0, len(records), 500):
            lines = "".join(json.dumps(record) + "\n" for record in records[start : start + 500])
            answer = self.engineer.call(
                "POST",
                "predictions:batch",
                status=207,
                content=lines.encode(),
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert {result["status"] for result in answer["results"]} == {201}

    def publish(self, name: str, format_name: str, **wanted: Any) -> tuple[dict[str, Any], list[Row]]:
        """The manifest and the rows of a new release, downloaded by key."""
        return self.download(self.built(self.ask_release(name, format_name, **wanted)))

    def ask_release(self, name: str, format_name: str, **wanted: Any) -> int:
        """A dataset, and its first release asked for; the release's number."""
        definition = {
            "name": name,
            "format": format_name,
            "filter": wanted,
            "rules": {"personal_data": "keep"},
        }
        self.engineer.call("POST", "datasets", json=definition, status=201)
        asked = self.engineer.call(
            "POST", f"datasets/{name}/releases", json={"notes": "flow"}, status=(201, 202)
        )
        return int(asked["id"])

    def built(self, release: int, *, within_seconds: float = 60) -> dict[str, Any]:
        """The release, once the worker has built it."""
        end = time.monotonic() + within_seconds
        while (status := self.engineer.call("GET", f"releases/{release}"))["state"] != "published":
            assert status["state"] in ("draft", "building"), status
            assert time.monotonic() < end, f"not built within {within_seconds} s: {status}"
            time.sleep(0.25)
        return dict(self.engineer.call("GET", f"releases/{status['dataset']}@{status['version']}"))

    def download(self, release: dict[str, Any]) -> tuple[dict[str, Any], list[Row]]:
        """The manifest, and the rows of the release's files of rows."""
        rows: list[Row] = []
        for file in release["files"]:
            if not file["path"].endswith(".jsonl") or file["path"].startswith(("provenance", "findings")):
                continue
            body = self.engineer.http.get(self.stack.url + file["url"])
            assert body.headers["ETag"].strip('"') == file["sha256"]
            rows += [json.loads(line) for line in body.content.decode("utf-8").split("\n")[:-1]]
        return release["manifest"], rows


def _one_time_password(page: str) -> str:
    found = re.search(r"<code[^>]*>([A-Za-z0-9_-]{16})</code>", page)
    assert found, page[-3000:]
    return found[1]
