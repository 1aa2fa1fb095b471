"""Signed links: one file, a short while, without a key, and dead when its person may not pull any more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client, override_settings
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import ApiKey, Event
from accounts.permissions import grant_exactly
from accounts.roles import Permission
from queues.export import links
from queues.export.files import store
from queues.models import ReleaseFile
from tests.api.test_releases import FILE, Caller, body_of
from tests.export.building import released
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


@pytest.fixture
def mel(people: Cast) -> Caller:
    return Caller(people.project, people.mel)


@pytest.fixture
def file(people: Cast) -> ReleaseFile:
    """trl-dpo@1.0.0, its rows."""
    settled(queue_in(people.project, slug="refunds"), corrected_text="a \u2028 é")
    return released(people).files.get(path="train.jsonl")


LINK = FILE.replace("refunds@", "trl-dpo@") + ":link"


def test_a_link_gives_the_file_without_a_key_and_goes_on_after_a_cut(mel: Caller, file: ReleaseFile) -> None:
    made = mel.post(LINK, {"seconds": 60})
    url = made.json()["url"]

    whole = Client().get(url)
    content = body_of(whole)

    assert made.status_code == 201
    assert whole.headers["ETag"] == f'"{file.sha256}"'
    assert len(content) == file.bytes
    rest = Client().get(url, headers={"Range": "bytes=5-"})
    assert (rest.status_code, body_of(rest)) == (206, content[5:])
    told = Event.objects.filter(kind="release.downloaded").values_list("after__link", "actor_key_id")
    assert list(told) == [(True, ApiKey.objects.get().pk)] * 2


@pytest.mark.parametrize("seconds", [9, 86_401, 0, -1])
def test_a_link_is_short_lived(mel: Caller, file: ReleaseFile, seconds: int) -> None:
    refused = mel.post(LINK, {"seconds": seconds})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/seconds"


def url_of(file: ReleaseFile, people: Cast, *, ends_in: int = 60, key: int | None = None) -> str:
    until = timezone.now() + timedelta(seconds=ends_in)
    return f"/api/v1/downloads/{links.sign(file, by=Actor(people.mel.pk, key), until=until)}/train.jsonl"


def test_a_link_ends(people: Cast, file: ReleaseFile) -> None:
    assert Client().get(url_of(file, people)).status_code == 200
    assert Client().get(url_of(file, people, ends_in=-1)).status_code == 404


def test_a_link_is_for_one_file_and_cannot_be_changed(people: Cast, file: ReleaseFile) -> None:
    url = url_of(file, people)

    for other in (url.replace("train.jsonl", "manifest.json"), url.replace("downloads/", "downloads/x")):
        assert Client().get(other).status_code == 404


def test_a_link_dies_with_the_right_of_its_person(people: Cast, file: ReleaseFile) -> None:
    url = url_of(file, people)

    grant_exactly(people.mel, people.project, frozenset({Permission.ENTER, Permission.READ}))

    assert Client().get(url).status_code == 404


def test_a_link_dies_with_its_key(people: Cast, mel: Caller, file: ReleaseFile) -> None:
    url = mel.post(LINK, {}).json()["url"]

    ApiKey.objects.update(revoked_at=timezone.now())

    assert Client().get(url).status_code == 404


def test_a_link_dies_when_our_secret_is_changed(people: Cast, file: ReleaseFile) -> None:
    url = url_of(file, people)

    with override_settings(SECRET_KEY="another" * 10, SECRET_KEY_FALLBACKS=[]):
        assert Client().get(url).status_code == 404


def test_only_who_may_pull_makes_a_link(people: Cast, file: ReleaseFile) -> None:
    assert Caller(people.project, people.mel, Permission.READ).post(LINK, {}).status_code == 403


def test_a_link_refuses_a_range_behind_the_end_as_the_reference_says(people: Cast, file: ReleaseFile) -> None:
    refused = Client().get(url_of(file, people), headers={"Range": "bytes=9999999999-"})

    assert refused.status_code == 416
    assert refused.json()["type"] == "urn:reviewapp:problem:range_not_satisfiable"
    assert refused.headers["Content-Range"] == f"bytes */{file.bytes}"


@pytest.mark.parametrize("address", [FILE, FILE + ":link", FILE.partition("/files")[0]])
def test_a_release_has_no_nul_in_its_address(mel: Caller, address: str) -> None:
    for bad in (address + "%00", address.replace("@", "@%00")):
        assert mel.get(bad).status_code == 404
        assert mel.post(bad, {}).json()["type"] == "urn:reviewapp:problem:not_found"
