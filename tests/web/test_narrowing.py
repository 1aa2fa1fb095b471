"""Pages that ?queue= narrows: a word that names no queue is refused, and never taken for all of them."""

import pytest

from tests.factories.projects import Cast
from tests.factories.work import queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
PAGES = [
    "overrides/",
    "overrides.csv",
    "disputes/",
    "checks/",
    "checks/results/",
    "checks.csv",
    "people/{lee}/reviews",
]


@pytest.mark.parametrize("page", PAGES)
def test_what_names_no_queue_is_not_found_and_no_word_is_all(
    people: Cast, signed_in: SignIn, page: str
) -> None:
    queue = queue_in(people.project)
    lee = signed_in(people.lee)
    address = f"/projects/{people.project.slug}/{page.format(lee=people.lee.pk)}"

    found = {word: lee.get(address, {"queue": word}).status_code for word in ("", queue.slug)}
    wrong = ("none-such", "\0", f"{queue.slug}\0", "-1", "²")
    refused = [lee.get(address, {"queue": word}) for word in wrong]

    assert set(found.values()) == {200}
    assert {answer.status_code for answer in refused} == {404}
    assert all("There is no such queue in this project." in answer.content.decode() for answer in refused)
