"""Whoever subscribed is told: signed, in order, again until it is heard, and nowhere that is not public."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import sweeper
from queues.errors import Invalid, WrongState
from queues.export.webhooks import actions, address, delivering, outbox, sending, signing
from queues.models import Delivery, Problem, Queue, Webhook, WebhookEvent, WebhookSecret
from reviewapp.client.webhooks import NotGenuineError, verify
from tests.export.building import released
from tests.export.recalling import withdraw
from tests.export.receiving import Receiver, is_signed, receiving
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)
ALL = WebhookEvent.values
RECALL = WebhookEvent.RECALL_MADE
SECRET = "Ada Lovelace lives in Marylebone"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    """Told of everything, at an origin that the operator has named."""
    with receiving(Receiver()) as one:
        settings.WEBHOOK_INTERNAL = [f"http://127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def told(people: Cast, receiver: Receiver) -> tuple[Webhook, str]:
    return actions.add(people.project, url=receiver.url, wants=ALL, by=Actor(people.mel.pk))


def announce(people: Cast, *numbers: int, subject: str = "recalls") -> None:
    for number in numbers:
        with transaction.atomic():
            outbox.announce(people.project, RECALL, subject=subject, facts={"recall": number})


def make_due() -> None:
    Delivery.objects.filter(state="waiting").update(due_at=timezone.now(), lease_until=None)
    Webhook.objects.update(rests_until=None)


def send_all() -> None:
    """What workers would do in days, at once."""
    for _round in range(50):
        make_due()
        for webhook_id in delivering.owed():
            delivering.deliver(webhook_id)


def test_a_recall_and_a_release_are_told_signed_with_ids_and_no_text(
    people: Cast, queue: Queue, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    webhook, secret = told
    settled(queue, corrected_text="answer 0")
    row = settled(
        queue, record=record_of(f"Where? {SECRET}"), output_text=SECRET, corrected_text=f"No. {SECRET}"
    )
    released(people)
    recall = withdraw(people, row.item.prediction.prediction_id, reason="licence", erases=True)

    delivering.deliver(webhook.pk)

    assert all(is_signed(one, secret) for one in receiver.heard)
    assert not any(is_signed(one, "whsec_" + "A" * 43 + "=") for one in receiver.heard)
    release, recalled = (one.json for one in receiver.heard)
    assert (release["type"], release["data"]["release"], release["data"]["rows"]) == (
        "release.published",
        "trl-dpo@1.0.0",
        2,
    )
    assert recalled["type"] == "recall.made"
    assert recalled["data"] == {
        "project": people.project.slug,
        "recall": recall.pk,
        "reason": "licence",
        "erases": True,
        "predictions": 1,
        "releases": [{"release": "trl-dpo@1.0.0", "release_id": release["data"]["release_id"], "rows": 1}],
    }
    assert abs(int(receiver.heard[0].headers["webhook-timestamp"]) - time.time()) < 60
    assert SECRET.encode() not in b"".join(one.body for one in receiver.heard)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("delivered", 1)}


def test_a_receiver_with_our_client_believes_what_is_ours_unchanged_and_new(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    announce(people, 1)
    delivering.deliver(told[0].pk)
    heard, secret = receiver.heard[0], told[1]

    verify(heard.body, heard.headers, secret)

    in_time = time.time()
    for body, headers, key, now in (
        (heard.body + b" ", heard.headers, secret, in_time),
        (heard.body, heard.headers | {"webhook-id": "msg_other"}, secret, in_time),
        (heard.body, heard.headers | {"webhook-signature": "v1,"}, secret, in_time),
        (heard.body, heard.headers | {"webhook-timestamp": "soon"}, secret, in_time),
        (heard.body, heard.headers, signing.new_secret(), in_time),
        (heard.body, heard.headers, secret, in_time + 301),
        (heard.body, heard.headers, secret, in_time - 301),
        (heard.body, {}, secret, in_time),
    ):
        with pytest.raises(NotGenuineError):
            verify(body, headers, key, now=now)


def test_what_is_undone_is_not_told(people: Cast, told: tuple[Webhook, str]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.announce(people.project, RECALL, subject="recalls", facts={"recall": 1 // 0})

    assert not Delivery.objects.exists()


def test_a_receiver_that_fails_half_hears_everything_in_order_and_a_repeat_has_the_same_id(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    receiver.answer = lambda number: (500 if number % 2 else 204, {})
    announce(people, *range(6))

    send_all()

    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}
    firsts = list(dict.fromkeys((one.id, one.json["data"]["recall"]) for one in receiver.heard))
    assert [number for _id, number in firsts] == [0, 1, 2, 3, 4, 5]
    assert len(receiver.heard) == 12


def test_what_comes_later_of_a_subject_waits_and_another_subject_does_not(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    receiver.answer = lambda number: (500 if number == 1 else 204, {})
    announce(people, 1, 2, subject="dataset:1")
    announce(people, 3, subject="dataset:2")

    delivering.deliver(told[0].pk)

    assert [one.json["data"]["recall"] for one in receiver.heard] == [1, 3]
    send_all()
    assert [one.json["data"]["recall"] for one in receiver.heard] == [1, 3, 1, 2]


def test_pauses_grow_and_after_the_last_somebody_has_to_look(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    receiver.answer = lambda _number: (500, {})
    announce(people, 1)

    pauses = []
    for _attempt in delivering.PAUSES:
        make_due()
        before = timezone.now()
        delivering.deliver(told[0].pk)
        pauses.append(round((Delivery.objects.get().due_at - before).total_seconds()))
    make_due()
    delivering.deliver(told[0].pk)

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (15, 24 * 3600)
    gone: Any = Delivery.objects.get()
    assert (gone.state, gone.status, len(receiver.heard)) == ("failed", 500, 10)
    assert Event.objects.get(kind="webhook.gave_up").subject_id == told[0].pk


def test_a_receiver_that_is_gone_is_told_no_more_until_somebody_says_so(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    webhook = told[0]
    receiver.answer = lambda number: (410 if number == 1 else 204, {})
    announce(people, 1, 2)

    send_all()

    webhook.refresh_from_db()
    assert (webhook.disabled_why, len(receiver.heard)) == ("gone", 1)
    assert Event.objects.get(kind="webhook.disabled").actor_person_id is None
    announce(people, 3)
    assert Delivery.objects.count() == 2
    actions.enable(webhook, by=Actor(people.lee.pk))
    send_all()
    assert [one.json["data"]["recall"] for one in receiver.heard] == [1, 1, 2]


@pytest.mark.parametrize("asked", ["7200", "date"])
def test_who_asks_for_a_pause_has_it(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver, asked: str
) -> None:
    in_two_hours = (timezone.now() + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answer = lambda _number: (429, {"Retry-After": in_two_hours if asked == "date" else asked})
    announce(people, 1, subject="a")
    announce(people, 2, subject="b")

    delivering.deliver(told[0].pk)

    assert len(receiver.heard) == 1
    assert delivering.owed() == []
    assert Delivery.objects.earliest("pk").due_at > timezone.now() + timedelta(minutes=110)


@pytest.mark.parametrize("strange", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "never", "9" * 400])
def test_a_pause_that_no_calendar_has_is_none(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver, strange: str
) -> None:
    receiver.answer = lambda _number: (200, {"Retry-After": strange, "Transfer-Encoding": "chunked"})
    announce(people, 1)

    delivering.deliver(told[0].pk)

    assert Delivery.objects.get().state == "delivered"


def test_a_delivery_whose_last_attempt_was_cut_off_is_given_up(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    announce(people, 1)
    Delivery.objects.update(attempts=len(delivering.PAUSES) + 1)

    delivering.deliver(told[0].pk)

    assert (Delivery.objects.get().state, receiver.heard) == ("failed", [])
    assert Event.objects.get(kind="webhook.gave_up").subject_id == told[0].pk


def test_a_redirect_is_not_followed(people: Cast, told: tuple[Webhook, str], receiver: Receiver) -> None:
    with receiving(Receiver()) as canary:
        receiver.answer = lambda _number: (307, {"Location": canary.url})
        announce(people, 1)

        delivering.deliver(told[0].pk)

    assert canary.heard == []
    assert (Delivery.objects.get().state, Delivery.objects.get().status) == ("waiting", 307)


@pytest.mark.parametrize("way", ["silent", "drips"])
def test_a_receiver_that_takes_its_time_holds_nobody(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    receiver.seconds, receiver.drips = (1.0, False) if way == "silent" else (0.0, True)
    announce(people, 1)

    began = time.monotonic()
    delivering.deliver(told[0].pk)

    assert time.monotonic() - began < 0.9
    assert (Delivery.objects.get().state, Delivery.objects.get().problem) == ("waiting", Problem.TIMEOUT)


def test_nothing_is_lost_when_the_worker_dies_and_the_sweeper_finds_it(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(people, 1)
    assert delivering._take(told[0].pk) is not None  # and the worker is killed
    assert delivering.owed() == []
    assert delivering._take(told[0].pk) is None
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(sweeper, "ring", lambda *message: rung.append(message))

    sweeper.sweep()

    assert ("queues.tasks.deliver", told[0].pk) in rung
    delivering.deliver(told[0].pk)
    assert (len(receiver.heard), Delivery.objects.get().state) == (1, "delivered")


def test_a_worker_that_was_replaced_changes_nothing(people: Cast, told: tuple[Webhook, str]) -> None:
    announce(people, 1)
    late = delivering._take(told[0].pk)
    assert late is not None
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert delivering._take(told[0].pk) is not None

    delivering._put_off(late, status=500, rest=None)

    assert Delivery.objects.get().status is None


def test_a_replaced_secret_signs_for_a_day_more_unless_it_leaked(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    webhook, first = told
    mel = Actor(people.mel.pk)
    second = actions.rotate(webhook, by=mel)
    announce(people, 1)
    delivering.deliver(webhook.pk)
    assert [is_signed(receiver.heard[0], one) for one in (first, second)] == [True, True]

    WebhookSecret.objects.filter(text=first).update(ends_at=timezone.now())
    third = actions.rotate(webhook, by=mel, at_once=True)
    announce(people, 2)
    delivering.deliver(webhook.pk)

    assert [is_signed(receiver.heard[1], one) for one in (first, second, third)] == [False, False, True]
    assert Event.objects.filter(kind="webhook.secret_rotated").count() == 2


def test_somebody_sends_again_under_the_same_id(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    webhook, lee = told[0], Actor(people.lee.pk)
    announce(people, 1)
    delivering.deliver(webhook.pk)

    sent = actions.replay(webhook, Delivery.objects.get().pk, by=lee)
    with pytest.raises(WrongState, match="on its way"):
        actions.replay(webhook, sent.pk, by=lee)
    delivering.deliver(webhook.pk)

    assert [one.id for one in receiver.heard] == [sent.message_id] * 2
    assert Event.objects.get(kind="webhook.replayed").after == {"delivery": sent.pk}
    actions.disable(webhook, by=lee)
    with pytest.raises(WrongState, match="disabled"):
        actions.replay(webhook, sent.pk, by=lee)


def names(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, int]) -> None:
    """The system's resolver gives these addresses, one answer after the other; the last one stays."""
    asked = count()

    def getaddrinfo(*_words: Any, **_more: Any) -> list[Any]:
        ip, port = answers[min(next(asked), len(answers) - 1)]
        family = socket.AF_INET6 if ":" in ip else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_name_that_was_public_when_it_was_saved_and_is_ours_later_reaches_nothing(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.3)
        port = canary.getsockname()[1]
        names(monkeypatch, ("93.184.216.34", 443), ("127.0.0.1", port))
        webhook, _secret = actions.add(
            people.project, url="https://hook.example/x", wants=ALL, by=Actor(people.mel.pk)
        )
        announce(people, 1)

        delivering.deliver(webhook.pk)

        with pytest.raises(TimeoutError):
            canary.accept()
    assert (Delivery.objects.get().state, Delivery.objects.get().problem) == ("waiting", Problem.REFUSED)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hook.example/", "url.scheme"),
        ("ftp://hook.example/", "url.scheme"),
        ("javascript:1", "url.scheme"),
        ("https://", "url.host"),
        ("https:///x", "url.host"),
        ("https://me:secret@hook.example/", "url.credentials"),
        ("https://hook.example@127.0.0.1/", "url.credentials"),
        ("https://hook.example:22/", "url.port"),
        ("https://hook.example:99999/", "url.shape"),
        ("https://hook.example/#x", "url.shape"),
        ("https://hook.example\\@127.0.0.1/", "url.shape"),
        ("https://hook.example/ x", "url.shape"),
        ("https://höök.example/", "url.shape"),
        ("https://hook.example/" + "x" * 2000, "url.shape"),
        ("https://2130706433/", "url.host"),
        ("https://0177.0.0.1/", "url.host"),
        ("https://127.1/", "url.host"),
        ("https://0x7f.0.0.1/", "url.host"),
        ("https://[::1%25lo]/", "url.host"),
        ("https://a..b/", "url.host"),
        ("https://127.0.0.1/", "url.address"),
        ("https://localhost/", "url.address"),
        ("https://10.0.0.1/", "url.address"),
        ("https://169.254.169.254/latest/meta-data/", "url.address"),
        ("https://[::1]/", "url.address"),
        ("https://[::ffff:127.0.0.1]/", "url.address"),
        ("https://nowhere.invalid/", "url.unresolved"),
    ],
)
def test_an_address_that_may_not_be_told_is_refused_by_its_field(people: Cast, url: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.add(people.project, url=url, wants=ALL, by=Actor(people.mel.pk))

    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == [("/url", code)]
    assert not Webhook.objects.exists()


@pytest.mark.parametrize(
    ("ip", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("0.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:8.8.8.8", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(ip: str, *, is_public: bool) -> None:
    assert address.is_public(ip) == is_public


def test_one_address_that_is_not_public_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_more: both)

    with pytest.raises(address.Refused, match=r"url\.address"):
        address.resolve(address.target_of("https://hook.example/"), seconds=1)


def _takes_its_time(*_words: Any, **_more: Any) -> list[Any]:
    time.sleep(1)
    return []


def test_a_resolver_that_does_not_answer_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _takes_its_time)

    with pytest.raises(address.Refused, match=r"url\.unresolved"):
        address.resolve(address.target_of("https://hook.example/"), seconds=0.1)


def certificate_of(name: str, folder: Path) -> Path:
    """A key and a certificate that says so of itself, in one file."""
    file = folder / f"{name}.pem"
    words = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={name} -addext subjectAltName=DNS:{name}"
    done = subprocess.run(
        ["openssl", *words.split(), "-keyout", "-", "-out", "-"], capture_output=True, check=True
    )
    file.write_bytes(done.stdout)
    return file


@pytest.mark.parametrize(
    ("certified", "state"), [("hook.example", "delivered"), ("other.example", "waiting")]
)
def test_the_certificate_is_of_the_name_although_the_address_was_looked_up_before(
    people: Cast,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    certified: str,
    state: str,
) -> None:
    certificate = certificate_of(certified, tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with receiving(Receiver(), certificate) as receiver:
        names(monkeypatch, ("127.0.0.1", receiver.port))
        settings.WEBHOOK_INTERNAL = ["https://hook.example:8443"]
        url = "https://hook.example:8443/a?b=c"
        webhook, _secret = actions.add(people.project, url=url, wants=ALL, by=Actor(people.mel.pk))
        announce(people, 1)

        delivering.deliver(webhook.pk)

    sent = Delivery.objects.get()
    assert (sent.state, sent.problem) == (state, "" if state == "delivered" else Problem.TLS)
    assert [(one.path, one.headers["host"]) for one in receiver.heard] == (
        [("/a?b=c", "hook.example:8443")] if state == "delivered" else []
    )


@pytest.mark.parametrize(
    ("constraint", "refused"),
    [
        ("webhook_wants_known_events", lambda webhook: Webhook.objects.update(wants=[])),
        ("webhook_wants_known_events", lambda webhook: Webhook.objects.update(wants=["review.completed"])),
        ("webhook_disabled_says_why", lambda webhook: Webhook.objects.update(disabled_at=timezone.now())),
        (
            "webhook_secret_one_present",
            lambda webhook: WebhookSecret.objects.create(webhook=webhook, text="whsec_x"),
        ),
        (
            "delivery_event_known",
            lambda webhook: Delivery.objects.create(webhook=webhook, message_id="m", event="x", subject="s"),
        ),
        (
            "delivery_finished_or_waiting",
            lambda webhook: Delivery.objects.create(
                webhook=webhook, message_id="m", event=RECALL, subject="s", state="delivered"
            ),
        ),
    ],
)
def test_the_database_refuses_half_a_webhook(
    told: tuple[Webhook, str], refused: Callable[[Webhook], object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        refused(told[0])


def test_what_is_over_is_deleted_after_its_days_and_what_is_owed_stays(
    people: Cast, told: tuple[Webhook, str], settings: Any
) -> None:
    settings.WEBHOOK_KEPT_DAYS = 30
    announce(people, 1, 2, 3, 4)
    heard, given_up, young, owed = Delivery.objects.order_by("pk")
    for one, state, days in ((heard, "delivered", 31), (given_up, "failed", 40), (young, "delivered", 29)):
        over = timezone.now() - timedelta(days=days)
        Delivery.objects.filter(pk=one.pk).update(state=state, finished_at=over)
    Delivery.objects.filter(pk=owed.pk).update(created_at=timezone.now() - timedelta(days=100))

    assert delivering.forget_old() == 2
    assert set(Delivery.objects.values_list("pk", flat=True)) == {young.pk, owed.pk}


def test_no_more_is_deleted_at_once_than_is_quickly_done(
    people: Cast, told: tuple[Webhook, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_FORGOTTEN_AT_ONCE", 2)
    announce(people, 1, 2, 3)
    long_ago = timezone.now() - timedelta(days=1000)
    Delivery.objects.update(state="delivered", finished_at=long_ago)

    assert [delivering.forget_old() for _sweep in range(3)] == [2, 1, 0]


def test_the_overview_names_who_was_not_reached_until_somebody_has_seen_to_it(
    people: Cast, told: tuple[Webhook, str], receiver: Receiver
) -> None:
    webhook, home = told[0], f"/projects/{people.project.slug}/"
    link = f'href="{home}webhooks/{webhook.pk}/"'
    lead = Client()
    lead.force_login(people.lee)

    def is_named() -> bool:
        return link in lead.get(home).content.decode()

    receiver.answer = lambda number: (500, {}) if number <= 10 else (204 if number == 11 else 410, {})
    announce(people, 1)
    assert not is_named()
    send_all()
    assert is_named()  # given up
    announce(people, 2)
    send_all()
    assert not is_named()  # the next was heard
    announce(people, 3)
    send_all()
    assert is_named()  # gone
    lead.post(f"{home}webhooks/{webhook.pk}/disable")
    assert not is_named()
    webhook.refresh_from_db()
    assert webhook.disabled_why == "by_hand"
