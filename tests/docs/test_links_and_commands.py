"""What the pages point at is there: files, headings, commands, addresses of the API."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from reviewapp.client.cli import main
from tests.docs.pages import PAGES, anchors, links, name_of, read

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", read("Makefile"), re.MULTILINE))
COMMANDS = set(get_commands())
PLACEHOLDERS = {"<id>": "1", "<slot>": "1", "<slug>": "answers", "<name>": "answers", "<version>": "1.0.0"}
CALLED = re.compile(r"\$api/([a-z<>][^\s\"'?)…]*)")


@pytest.mark.parametrize("sheet", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(sheet: Path) -> None:
    broken = []
    for link in links(sheet.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (sheet.parent / path).resolve() if path else sheet
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("sheet", PAGES, ids=name_of)
def test_every_command_that_a_page_names_exists(sheet: Path) -> None:
    text = sheet.read_text("utf-8")

    assert set(re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.MULTILINE)) <= TARGETS
    assert set(re.findall(r"manage\.py ([a-z][a-z_]+)", text)) <= COMMANDS
    for command in set(re.findall(r"(?:`|^)reviewapp ([a-z]+)", text, re.MULTILINE)):
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0


@pytest.mark.parametrize("sheet", PAGES, ids=name_of)
def test_every_address_in_an_example_is_one_of_the_api(sheet: Path) -> None:
    for path in CALLED.findall(sheet.read_text("utf-8")):
        for placeholder, value in PLACEHOLDERS.items():
            path = path.replace(placeholder, value)
        try:
            resolve(f"/api/v1/projects/support-bot/{path.rstrip('`.,')}")
        except Resolver404:
            pytest.fail(f"no such address: {path}")


def test_every_target_of_make_is_told_to_those_who_change_the_project() -> None:
    told = set(re.findall(r"make ([a-z][a-z-]*)", read("CONTRIBUTING.md")))

    assert TARGETS - {"production-shape"} <= told


@pytest.mark.parametrize(("folder", "index"), [("docs", "index.md"), ("docs/decisions", "README.md")])
def test_every_page_is_named_in_the_index_of_its_folder(folder: str, index: str) -> None:
    named = read(f"{folder}/{index}")
    pages = {page.name for page in PAGES if name_of(page.parent) == folder} - {index}

    assert {page for page in pages if page not in named} == set()
