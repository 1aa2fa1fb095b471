"""Times are shown where the reader is."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.middleware.own_time import OwnTime
from tests.factories.projects import cast


@pytest.mark.django_db
def test_a_page_is_made_in_the_time_zone_of_its_reader() -> None:
    ann = cast().ann
    ann.time_zone = "Pacific/Auckland"
    request: HttpRequest = RequestFactory().get("/")
    request.user = ann

    OwnTime(lambda _request: HttpResponse()).process_view(request, None, (), {})

    assert timezone.get_current_timezone_name() == "Pacific/Auckland"
    timezone.deactivate()
