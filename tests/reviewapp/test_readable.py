"""Text that is not UTF-8, and NUL in an address, reach no view."""

from typing import Any

import pytest
from django.test import Client
from django.test import client as django_client

from reviewapp.utf8_request import Utf8Request

pytestmark = pytest.mark.django_db
CHARSETS = ["rot13", "hex", "zlib", "utf-7", "unicode_escape", "utf-16", "latin-1", "no-such", ""]
MEDIA = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"]


@pytest.fixture(autouse=True)
def as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests as reviewapp.wsgi makes them; Django's test client has a handler of its own."""
    monkeypatch.setattr(django_client, "WSGIRequest", Utf8Request)


def sent(address: str, media: str) -> Any:
    return Client().generic("POST", address, b"email=%2BAA", content_type=media)


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("address", ["/login/?next=a", "/healthz?a=b", "/api/v1/projects/x/golden?limit=1"])
def test_text_in_another_charset_than_utf_8_is_refused_everywhere(address: str, charset: str) -> None:
    for media in MEDIA:
        answer = sent(address, f'{media}; charset="{charset}"')

        assert answer.status_code == 415
        if address.startswith("/api/"):
            assert answer.json()["type"] == "urn:reviewapp:problem:wrong_media_type"
    asked = Client().get(address, headers={"Content-Type": f"text/plain; charset={charset or chr(34) * 2}"})
    assert asked.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
def test_utf_8_and_its_part_ascii_are_read(charset: str) -> None:
    assert sent("/login/?next=a", f"{MEDIA[0]}; charset={charset}").status_code == 422


@pytest.mark.parametrize("address", ["/login/%00", "/projects/x%00/", "/healthz%00"])
def test_no_address_has_nul(address: str) -> None:
    assert Client().get(address).status_code == 404
