"""Owners deactivate and reactivate accounts, and remove members: what becomes of work, and who may not."""

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import actions, keys
from accounts.actor import SYSTEM, Actor
from accounts.errors import NotAllowed, WrongState
from accounts.models import Event, Person
from accounts.roles import Permission, Role
from queues.assign import deactivation
from queues.models import Draft, Slot, SlotState
from queues.review import drafts
from tests.factories.locks import until_somebody_waits
from tests.factories.people import api_key
from tests.factories.projects import Cast, member
from tests.factories.reviews import leased
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
WHY = {"reason": "Left the <b>company</b>."}


@pytest.fixture
def olga(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.olga)


def address(people: Cast, person: Person, what: str) -> str:
    return f"/projects/{people.project.slug}/people/{person.pk}/{what}"


def is_active(person: Person) -> bool:
    return Person.objects.get(pk=person.pk).is_active


def test_it_frees_leases_keeps_drafts_refuses_keys_and_ends_sessions_for_good(
    people: Cast, signed_in: SignIn, olga: Client
) -> None:
    queue, ann = queue_in(people.project), signed_in(people.ann)
    waiting(queue)
    lease, (_key, text) = leased(queue, people.ann), api_key(people.project, people.ann)
    content = {"decision": "reject", "note": "half a thought"}
    by = Actor(people.ann.pk)
    drafts.save(lease.slot_id, project_id=people.project.pk, token=lease.token, by=by, content=content)
    shown = olga.get(address(people, people.ann, "account")).content.decode()
    assert "1 item that they hold goes back" in shown and "1 API key is refused" in shown

    olga.post(address(people, people.ann, "deactivate"), WHY)

    assert Slot.objects.get().state == SlotState.OPEN
    assert keys.authenticate(text) is None
    assert ann.get("/me/").status_code == 302
    event = Event.objects.get(kind="person.disabled", project_id=people.project.pk)
    assert event.reason == WHY["reason"]
    assert (event.subject_id, event.actor_person_id) == (people.ann.pk, people.olga.pk)

    olga.post(address(people, people.ann, "reactivate"), {"reason": "Came back."})

    assert is_active(people.ann) and keys.authenticate(text) is not None
    assert Draft.objects.get(person=people.ann).content["note"] == "half a thought"
    assert ann.get("/me/").status_code == 302  # the old session stays dead
    assert signed_in(Person.objects.get(pk=people.ann.pk)).get("/me/").status_code == 200
    again = Event.objects.get(kind="person.enabled", project_id=people.project.pk)
    assert again.reason == "Came back."


@pytest.mark.parametrize("what", ["deactivate", "reactivate"])
def test_nobody_changes_their_own_account(people: Cast, olga: Client, what: str) -> None:
    member(people.project, Role.OWNER)

    answer = olga.post(address(people, people.olga, what), WHY)

    assert answer.status_code == 409
    assert "Nobody deactivates or reactivates themselves" in answer.content.decode()
    assert is_active(people.olga)


def test_of_two_owners_who_switch_each_other_off_one_stays(people: Cast) -> None:
    second = member(people.project, Role.OWNER)
    actions.set_active(second, is_active=False, by=Actor(people.olga.pk))

    with pytest.raises(NotAllowed):
        actions.set_active(people.olga, is_active=False, by=Actor(second.pk))

    assert is_active(people.olga)


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_do_it_at_the_same_moment_one_stays(people: Cast) -> None:
    olga, second, first_is_done = people.olga, member(people.project, Role.OWNER), threading.Event()

    def first() -> None:
        with transaction.atomic():
            deactivation.deactivate(second, by=Actor(olga.pk), reason="left")
            first_is_done.set()
            until_somebody_waits()  # the second, for this one
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert first_is_done.wait(timeout=20)
    with pytest.raises(NotAllowed):
        deactivation.deactivate(olga, by=Actor(second.pk), reason="left")
    thread.join()

    assert (is_active(olga), is_active(second)) == (True, False)


def test_who_owns_every_project_of_the_person_does_it_and_a_lead_there_does_not(
    people: Cast, olga: Client
) -> None:
    actions.admit(people.other, person=people.ann, role=Role.ANNOTATOR, by=SYSTEM)
    actions.admit(people.other, person=people.olga, role=Role.LEAD, by=SYSTEM)
    assert olga.post(address(people, people.ann, "deactivate"), WHY).status_code == 403
    actions.change_role(people.other, person=people.olga, role=Role.OWNER, by=SYSTEM)

    assert olga.post(address(people, people.ann, "deactivate"), WHY).status_code == 302

    told = Event.objects.filter(kind="person.disabled").values_list("project_id", flat=True)
    assert set(told) == {None, people.project.pk, people.other.pk}


def test_an_account_that_other_projects_need_is_not_theirs_to_change_nor_to_read(
    people: Cast, olga: Client
) -> None:
    actions.admit(people.other, person=people.ann, role=Role.ANNOTATOR, by=Actor(people.sam.pk))

    shown = olga.get(address(people, people.ann, "account"))
    answer = olga.post(address(people, people.ann, "deactivate"), WHY)

    assert shown.context["holdings"] is None
    assert answer.status_code == 403
    assert is_active(people.ann)


@pytest.mark.parametrize("name", ["ann", "lee", "mel", "sam"])
def test_only_owners_of_the_project_do_it(people: Cast, signed_in: SignIn, name: str) -> None:
    target = member(people.project, Role.ANNOTATOR)

    answer = signed_in(getattr(people, name)).post(address(people, target, "deactivate"), WHY)

    assert answer.status_code in (403, 404)
    assert is_active(target)
    with pytest.raises((NotAllowed, WrongState)):
        actions.set_active(target, is_active=False, by=Actor(getattr(people, name).pk))


@pytest.mark.parametrize("what", ["deactivate", "reactivate"])
def test_neither_strangers_nor_keys_reach_it(people: Cast, what: str) -> None:
    target = member(people.project, Role.ANNOTATOR, is_active=what == "deactivate")
    _key, text = api_key(people.project, people.olga, Permission.ADMIT)

    for caller in (Client(), Client(headers={"Authorization": f"Bearer {text}"})):
        answer = caller.post(address(people, target, what), WHY)
        assert answer.headers["Location"].startswith("/login/")
    assert is_active(target) == (what == "deactivate")


@pytest.mark.parametrize("name", ["ann", "lee", "mel", "sam"])
def test_only_owners_of_the_project_have_an_account_back(people: Cast, signed_in: SignIn, name: str) -> None:
    target = member(people.project, Role.ANNOTATOR, is_active=False)

    answer = signed_in(getattr(people, name)).post(address(people, target, "reactivate"))

    assert answer.status_code == (404 if name == "sam" else 403)
    assert not is_active(target)


@pytest.mark.parametrize("what", ["deactivate", "reactivate"])
@pytest.mark.parametrize("reason", ["", " \n", "a\0b", "a" * 501])
def test_it_asks_why_and_keeps_what_was_typed(people: Cast, olga: Client, reason: str, what: str) -> None:
    was_active = what == "deactivate"
    Person.objects.filter(pk=people.ann.pk).update(is_active=was_active)

    answer = olga.post(address(people, people.ann, what), {"reason": reason})

    assert answer.status_code == 422
    assert 'id="reason-fault"' in answer.content.decode()
    assert is_active(people.ann) == was_active


def test_who_is_removed_from_a_project_holds_nothing_of_it_any_more(people: Cast, olga: Client) -> None:
    actions.admit(people.other, person=people.ann, role=Role.ANNOTATOR, by=SYSTEM)
    here, elsewhere = queue_in(people.project), queue_in(people.other)
    slots = []
    for queue in (here, elsewhere):
        waiting(queue)
        slots.append(leased(queue, people.ann).slot_id)
    content, by = {"decision": "reject", "note": "half a thought"}, Actor(people.ann.pk)
    token = Slot.objects.get(pk=slots[0]).lease_token
    assert token
    drafts.save(slots[0], project_id=people.project.pk, token=token, by=by, content=content)

    answer = olga.post(address(people, people.ann, "remove/"), follow=True)

    assert "1 item went back to the others" in answer.content.decode()
    states = Slot.objects.filter(pk__in=slots).order_by("pk").values_list("state", flat=True)
    assert list(states) == [SlotState.OPEN, SlotState.LEASED]
    event = Event.objects.get(kind="slot.taken_back")
    assert (event.project_id, event.subject_id, event.actor_person_id) == (
        people.project.pk,
        slots[0],
        people.olga.pk,
    )
    assert Draft.objects.get(person=people.ann).content["note"] == "half a thought"


def test_who_is_a_stranger_to_the_project_is_not_found(people: Cast, olga: Client) -> None:
    assert olga.post(address(people, people.sam, "deactivate"), WHY).status_code == 404
    assert is_active(people.sam)


def test_it_leads_to_the_button_from_the_list_and_says_who_is_deactivated(people: Cast, olga: Client) -> None:
    actions.set_active(people.lee, is_active=False, by=SYSTEM)

    page = olga.get(f"/projects/{people.project.slug}/people/").content.decode()

    assert address(people, people.lee, "account") in page
    assert "deactivated" in page
    assert address(people, people.olga, "account") not in page
