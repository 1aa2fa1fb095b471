"""How much a browser loads for the first review page, everything counted as whitenoise sends it: gzipped."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import Reviewer


@pytest.mark.django_db
def test_the_cold_review_page_weighs_at_most_180_kib(people: Cast) -> None:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    waiting(reviewer.queue, output_text="word and " * 222)

    page = reviewer.open().content
    names = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.decode()))

    files = sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in names)
    assert len(names) > 10
    assert len(page) + files <= 180 * 1024
