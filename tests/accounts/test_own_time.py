"""Times are shown where the reader is."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import gate
from tests.factories.projects import cast


@pytest.mark.django_db
def test_a_page_is_made_in_the_time_zone_of_its_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = cast().ann
    ann.time_zone = "Pacific/Auckland"
    ann.save()
    client = Client()
    client.force_login(ann)
    zones: list[str] = []

    def note(response: Any) -> Any:
        zones.append(timezone.get_current_timezone_name())
        return response

    monkeypatch.setattr(gate, "_private", note)

    client.get("/me/")

    assert zones == ["Pacific/Auckland"]
