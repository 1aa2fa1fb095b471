"""The page of seals: how far the log is sealed, the head to note, what was verified, and the alarm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.actor import SYSTEM
from accounts.chain import HOUSE, heads, verifying
from accounts.models import Seal
from queues import jobs
from queues.audit import verification
from queues.models import Job
from tests.factories.projects import Cast
from tests.factories.sealed import logged, own_storage, run, sealed
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(tmp_path: Path) -> Iterator[Path]:
    with own_storage(tmp_path) as folder:
        yield folder


def address(people: Cast, tail: str = "events/seals/") -> str:
    return f"/projects/{people.project.slug}/{tail}"


def test_before_the_first_seal_the_page_says_so(people: Cast, signed_in: SignIn) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "none yet" in page and "Not verified yet; that happens each night." in page


def test_a_lead_notes_the_head_and_has_the_chain_verified(people: Cast, signed_in: SignIn) -> None:
    lee = signed_in(people.lee)
    sealed(5, chain=people.project.pk)
    verification.write_heads()
    logged(3, project_id=people.project.pk)

    before = lee.get(address(people)).content.decode()
    answer = lee.post(address(people, "events/seals/verify"))
    waits = lee.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    jobs.run_job(Job.objects.get(kind=verification.KIND).pk)
    done = lee.get(address(people)).content.decode()

    n = Seal.objects.filter(chain=people.project.pk).count()
    assert str(heads.kept(people.project.pk)[-1]) in before
    assert f"up to place {n}" in before and "<dd>3 <span" in before
    assert 'hx-trigger="every 1s"' in waits and "<html" not in waits
    assert "Intact." in done and f"{n} events computed again" in done and people.lee.name in done
    assert "1 head from outside compared" in done


def test_a_broken_log_is_an_alarm_wherever_one_looks_at_the_project(people: Cast, signed_in: SignIn) -> None:
    sealed(5, chain=people.project.pk)
    place = Seal.objects.get(chain=people.project.pk, seq=2)
    run("DELETE FROM accounts_event WHERE id = %s", place.event_id)
    mel = signed_in(people.mel)
    jobs.run_job(verification.ask(people.project.pk, by=SYSTEM).pk)

    for tail in ("", "events/", "events/seals/"):
        page = mel.get(address(people, tail)).content.decode()

        assert 'role="alert"' in page, tail
        assert f"Place 2: event {place.event_id} is missing." in page, tail
    assert "Verify the whole chain now" not in page  # who only reads sees the alarm


def test_the_chain_of_the_house_is_shown_to_owners_and_its_alarm_too(people: Cast, signed_in: SignIn) -> None:
    sealed(4, chain=HOUSE)
    verification.verify_house()
    owner, lead = signed_in(people.olga), signed_in(people.lee)
    n = Seal.objects.filter(chain=HOUSE).count()

    shown = owner.get(address(people)).content.decode().split("The chain of the house")[1]

    assert f"<dd>{n} " in shown and "Intact." in shown
    assert "The chain of the house" not in lead.get(address(people)).content.decode()
    place = Seal.objects.get(chain=HOUSE, seq=2)
    run("DELETE FROM accounts_event WHERE id = %s", place.event_id)
    verification.keep(verifying.verify(HOUSE))
    for tail in ("", "events/seals/"):
        told = f"Place 2: event {place.event_id} is missing."
        assert told in owner.get(address(people, tail)).content.decode(), tail
        assert told not in lead.get(address(people, tail)).content.decode(), tail
