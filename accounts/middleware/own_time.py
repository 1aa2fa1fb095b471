"""Times in the time zone that the person chose."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class OwnTime:
    """Pages show times where the reader is. Reads only who is signed in already, so it costs no statement."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        timezone.activate(request.user.zone if request.user.is_authenticated else "UTC")
