"""What a person copies from the page of a dataset, byte for byte."""

import html
import re

import httpx
from django.conf import settings
from django.test import Client

from tests.factories.projects import Cast

_SNIPPET = re.compile(
    r"<summary>([^<]*)</summary>\s*<pre id=\"snippet-[^>]*><code>(.*?)</code></pre>", re.DOTALL
)


def copied(people: Cast, url: str, dataset: str) -> dict[str, str]:
    """Name → code, from a running server, as Mel sees it."""
    client = Client()
    client.force_login(people.mel)
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    assert settings.SESSION_COOKIE_NAME in cookies
    page = httpx.get(f"{url}/projects/{people.project.slug}/datasets/{dataset}/", cookies=cookies, timeout=60)
    assert page.status_code == 200
    return {name: html.unescape(code) for name, code in _SNIPPET.findall(page.text)}
