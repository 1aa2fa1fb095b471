"""docs/openapi.yaml is what the code says: `make openapi` (manage.py spectacular) writes it anew."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from reviewapp.environment import ROOT

COMMITTED = Path(ROOT) / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def generated() -> str:
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture(scope="module")
def described(generated: str) -> Any:
    return yaml.safe_load(generated)


def operations(described: Any) -> list[tuple[str, Any]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_committed_description_is_the_one_of_the_code(generated: str) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == generated, (
        "docs/openapi.yaml is behind the code: run `manage.py spectacular --file docs/openapi.yaml`"
    )


def test_every_operation_names_its_permission_its_problems_and_its_id(described: Any) -> None:
    ids = [operation["operationId"] for _call, operation in operations(described)]

    assert described["openapi"].startswith("3.1")
    assert len(ids) == len(set(ids))
    for call, operation in operations(described):
        assert operation.get("x-permission"), call
        assert {"400", "401", "403", "404", "429", "503"} <= set(operation["responses"]), call
        assert any(status.startswith("2") for status in operation["responses"]), call


def test_what_is_sent_is_described(described: Any) -> None:
    releases = described["paths"]["/api/v1/projects/{slug}/datasets/{name}/releases"]["post"]
    [(media_type, body)] = releases["requestBody"]["content"].items()

    assert (media_type, body["schema"]) == ("application/json", {"$ref": "#/components/schemas/NewRelease"})
    sent = described["components"]["schemas"]["NewRelease"]
    assert set(sent["properties"]) == {"notes", "accepted", "findings_of"}
    assert "required" not in sent


def test_every_reference_leads_somewhere(generated: str, described: Any) -> None:
    names = set(re.findall(r"#/components/schemas/([\w.-]+)", generated))

    assert names <= set(described["components"]["schemas"])
    for shape in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)
