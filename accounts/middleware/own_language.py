"""Pages in the language that the person chose; the API in one language for every program."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class OwnLanguage(LocaleMiddleware):
    """The person's language, else the browser's, also on pages that refuse.

    Below /api/ it is always the source language: a program compares what it is told.
    """

    def process_request(self, request: HttpRequest) -> None:
        if _is_of_the_api(request):
            translation.activate(settings.LANGUAGE_CODE)
            return
        super().process_request(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: Any) -> None:
        speak_to(request)


def speak_to(request: Any) -> None:
    """From here on, words are in the person's own language; also where no view was found for the address."""
    user = None if _is_of_the_api(request) else getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language:
        translation.activate(user.language)


def _is_of_the_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
