"""Every word that a person reads has a German one, with the same places to fill in.

The strings are taken from code and templates here, without GNU gettext, which only a translator needs.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation.template import templatize

from accounts.models import Person
from tests.accounts.conftest import signed_in
from tests.factories.projects import cast

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "locale/de/LC_MESSAGES/django.mo"
_NAMES = {"_", "gettext", "gettext_lazy", "gettext_noop", "lazy"}
_PLURALS = {"ngettext", "ngettext_lazy"}
_IN_TEMPLATES = re.compile(r"""\b(n?gettext|_)\(\s*u?(?=['"])""")
_WITH_CONTEXT = re.compile(r"""\bpgettext\(\s*u?(?P<quote>['"])(?P<context>\w+)(?P=quote),\s*u?(?=['"])""")
_PLACES = re.compile(r"%\((\w+)\)[-+ #0-9.]*[a-z]|(?<!%)%s|<[a-z/][^>]*>")


def in_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[0]
            known = node.func.id in _NAMES | _PLURALS
            if known and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def in_template(path: Path) -> Iterator[str]:
    """Django turns a template into calls that look like code; the rest of each line is left blank."""
    text = templatize(path.read_text())
    for call in _IN_TEMPLATES.finditer(text):
        yield ast.literal_eval(_literal(text[call.end() :]))
    for call in _WITH_CONTEXT.finditer(text):  # the catalogue keeps both, with an EOT between them
        yield f"{call['context']}\x04{ast.literal_eval(_literal(text[call.end() :]))}"


def _literal(text: str) -> str:
    """The string literal with which a text begins."""
    quote = text[0]
    end = next(n for n in range(1, len(text)) if text[n] == quote and text[n - 1] != "\\")
    return text[: end + 1]


def strings() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in ("accounts", "queues", "reviewapp"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found |= dict.fromkeys(in_code(path), path)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        found |= dict.fromkeys(in_template(path), path)
    return {text: path for text, path in found.items() if text}


def german() -> dict[object, str]:
    with CATALOGUE.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def test_every_string_of_code_and_templates_is_translated() -> None:
    known = german()

    missing = {
        text: path.relative_to(ROOT)
        for text, path in strings().items()
        if not (known.get(text) or known.get((text, 0)))
    }

    assert missing == {}, "run `make messages`, translate what is new in locale/de, and run it again"


def test_a_translation_fills_in_the_same_places() -> None:
    differing = {}
    for key, translated in german().items():
        original, is_plural = (key[0], key[1] > 0) if isinstance(key, tuple) else (str(key), False)
        wanted, given = (sorted(m.group() for m in _PLACES.finditer(t)) for t in (original, translated))
        # Of a plural the catalogue names only the singular, which may leave the number out.
        if original and wanted != given and not (is_plural and set(wanted) <= set(given)):
            differing[original] = translated

    assert differing == {}


def test_no_translation_is_left_of_what_nobody_says_any_more() -> None:
    said = strings()

    left = [key for key in german() if key and (key[0] if isinstance(key, tuple) else key) not in said]

    assert left == []


@pytest.mark.django_db
def test_the_browsers_language_holds_until_a_person_chooses_one() -> None:
    people = cast()
    asks_german = {"Accept-Language": "de-AT,de;q=0.9"}

    assert "Anmelden" in Client().get("/login/", headers=asks_german).content.decode()
    assert "Einstellungen" in signed_in(people.ann).get("/me/", headers=asks_german).content.decode()
    Person.objects.filter(pk=people.ann.pk).update(language="en")
    page = signed_in(people.ann).get("/me/", headers=asks_german).content.decode()
    assert '<html lang="en"' in page
    assert "Settings" in page


@pytest.mark.django_db
def test_numbers_in_attributes_stay_numbers_in_german() -> None:
    people = cast()
    Person.objects.filter(pk=people.lee.pk).update(language="de")

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/").content.decode()

    assert '<html lang="de"' in page
    drawn = re.findall(r'\b(?:x|y|width|height|cx|cy|points|d)="([^"]*)"', page)
    assert not [value for value in drawn if re.fullmatch(r"-?\d+,\d+", value)]
