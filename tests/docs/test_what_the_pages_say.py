"""Tables, examples and lists in the pages are what the code says."""

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import queues
from queues.api.queues import NewQueue
from queues.export.formats import formats
from queues.ingest.record import check
from queues.models import SkipReason
from queues.review import form
from queues.route import policy_document
from queues.route.condition import conditions
from queues.score.compute import known_names
from queues.web.format_names import FORMATS
from reviewapp import environment
from reviewapp.environment import ROOT
from tests.docs.pages import blocks, read, table

PACKAGES = ("reviewapp", "accounts", "queues")
# Set by our own programs for each other, or by Django: nobody sets them by hand.
INTERNAL = {"REVIEWAPP_SUPERVISED", "DJANGO_SETTINGS_MODULE"}
CLIENT = {"REVIEWAPP_URL", "REVIEWAPP_PROJECT"}
READS = re.compile(r"environ(?:\.get|\.setdefault)\(\"([A-Z_]+)\"")
# One line of a file, or the body of a curl.
EXAMPLE = re.compile(r"^\{\"prediction_id\".*\}$|(?<=-d ')\{\n  \"prediction_id\"[^']*(?=')", re.MULTILINE)
CODE = re.compile(r"[a-z_]+\.[a-z_]+")


class Asked(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def get(self, name: str, default: Any = None) -> Any:
        self[name] = ""
        return default


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (file for file in (ROOT / package).rglob("*.py") if "migrations" not in file.parts)


def test_the_environment_table_names_every_variable_and_no_other() -> None:
    asked = Asked()
    environment.read(asked)
    mentioned = {name for file in modules() for name in READS.findall(file.read_text("utf-8"))}
    told = {row[0].strip("`") for row in table(read("README.md"), "variable")}

    assert told == (set(asked) | mentioned) - INTERNAL - CLIENT
    assert all(f"`{name}`" in read("README.md") for name in CLIENT | {"REVIEWAPP_API_KEY"})


def test_the_variables_of_the_tests_are_told() -> None:
    told = {row[0].strip("`") for row in table(read("CONTRIBUTING.md"), "variable")}
    asked = {
        name
        for file in (ROOT / "tests").rglob("*.py")
        for name in re.findall(r"environ\.get\(\"([A-Z_]+_(?:DIR|PYTHON))\"", file.read_text("utf-8"))
    }

    assert told == asked


def test_the_map_names_exactly_the_stages_in_their_order() -> None:
    named = re.findall(r"^    ([a-z]+)  +\S", queues.__doc__ or "", re.MULTILINE)
    contracts = read("pyproject.toml").partition('containers = ["queues"]')[2].partition("]\n\n")[0]
    layers = re.findall(r'^  "([a-z]+)",$', contracts, re.MULTILINE)
    inner = layers[layers.index("pipeline") + 1 : layers.index("models")]

    assert len(named) == 11
    assert named == inner[::-1]
    assert all((ROOT / "queues" / stage / "__init__.py").exists() for stage in named)
    assert f"`{' → '.join(named)}`" in read("docs/the-way-of-the-data.md")
    assert " → ".join(named) in read("README.md")


def test_every_folder_of_the_review_desk_is_on_the_map() -> None:
    folders = {path.parent.name for path in (ROOT / "queues").glob("*/__init__.py")}
    of_django = {"management", "migrations", "templatetags"}

    assert all(folder in (queues.__doc__ or "") for folder in folders - of_django)


def test_every_score_and_rule_has_its_row_in_the_methods() -> None:
    page = read("docs/methods.md")
    names = known_names() | {kind for kind, _rule in conditions}

    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_format_has_its_rows_and_a_name_for_people() -> None:
    page = read("docs/releases.md")
    names = {name for name, _format in formats}

    assert {name for name in names if page.count(f"| `{name}` |") != 2} == set()
    assert {name for name, _words in FORMATS} == names


def test_every_function_that_a_page_names_exists() -> None:
    for page in ("docs/methods.md", "docs/plugins.md"):
        for dotted in set(re.findall(r"`((?:queues|accounts|reviewapp)(?:\.\w+)+)`", read(page))):
            assert found(dotted), f"{page} names {dotted}"


def found(dotted: str) -> bool:
    """Whether the name is a module, or something inside of one."""
    steps = dotted.split(".")
    for cut in range(len(steps), 0, -1):
        try:
            thing: Any = import_module(".".join(steps[:cut]))
        except ModuleNotFoundError:
            continue
        for step in steps[cut:]:
            if not hasattr(thing, step):
                return False
            thing = getattr(thing, step)
        return True
    return False


def test_every_problem_type_and_fault_code_is_documented() -> None:
    pages = read("docs/api.md") + read("docs/record.md") + read("docs/forms.md")
    types, codes = set(), set()
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            types |= set(problem_type(node))
            codes |= set(fault_code(node))

    assert {"invalid", "taken", "busy"} <= types | {"busy"}
    assert {name for name in types if f"| `{name}` |" not in pages} == set()
    assert {"reasons.missing", "parameter.wrong"} <= codes
    assert {code for code in codes if f"`{code}`" not in pages} == set()


def problem_type(node: ast.AST) -> Iterator[str]:
    """`code = "…"` in the class of a refusal."""
    for line in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
            yield from text_of(line.value)


def fault_code(node: ast.AST) -> Iterator[str]:
    """The code of a `Fault(pointer, "the.code", …)`, when it stands there as it is."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "Fault" and len(node.args) > 1:
        yield from (code for code in text_of(node.args[1]) if CODE.fullmatch(code))


def text_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_the_first_project_has_a_queue_and_a_policy_that_are_accepted() -> None:
    queue, policy = (json.loads(block) for block in blocks(read("docs/first-project.md"), "json"))

    assert NewQueue.model_validate(queue).slug == "answers"
    assert form.parse(queue["form"]).questions[0].key == "supported"
    assert policy_document.parse(policy["document"]).queues == {"answers"}


@pytest.mark.parametrize("name", ["README.md", "docs/api.md"])
def test_every_record_in_an_example_is_accepted(name: str) -> None:
    records = EXAMPLE.findall(read(name))

    assert records
    for record in records:
        check(json.loads(record))


def test_the_reasons_for_a_skip_are_those_of_the_program() -> None:
    told = re.search(r"reasons: ([^)|]+) \|", read("docs/api.md"))

    assert told
    assert re.findall(r"`(\w+)`", told.group(1)) == SkipReason.values


def test_the_words_that_are_not_used_are_in_no_page_of_ours_as_words_for_our_things() -> None:
    """The glossary's list of refused words; it and the decisions may name them."""
    refused = re.compile(r"\bannotations?\b|\buser feedback\b", re.IGNORECASE)
    pages = [page for page in (ROOT / "docs").glob("*.md") if page.name != "glossary.md"]

    assert [
        page.name for page in [*pages, ROOT / "README.md"] if refused.search(page.read_text("utf-8"))
    ] == []


def test_the_glossary_explains_each_word_once() -> None:
    words = [
        word
        for row in table(read("docs/glossary.md"), "word")
        for word in re.findall(r"\*\*(.+?)\*\*", row[0])
    ]

    assert len(words) == len(set(words))
    for stage_word in (
        "prediction",
        "score",
        "flag",
        "queue",
        "item",
        "slot",
        "lease",
        "review",
        "verdict",
        "release",
    ):
        assert stage_word in words


@pytest.mark.parametrize("name", ["review.png", "review-dark.png"])
def test_the_screenshots_are_1280_wide_and_light_enough(name: str) -> None:
    picture = (ROOT / "docs" / "screenshots" / name).read_bytes()

    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(picture[16:20], "big") == 1280
    assert len(picture) < 400 * 1024
