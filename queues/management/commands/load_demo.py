"""`manage.py load_demo`: a project that a visitor understands at once. Running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.actor import Actor
from queues.management.demo import card as cards
from queues.management.demo import desk, hidden, insight, knowledge, people, sources, traffic
from queues.management.demo.card import Card
from queues.management.demo.history import History


class Command(BaseCommand):
    help = "Load the demo project with its people, queues, predictions and a small history; print the logins."

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = sources.document("people.json")
        path = settings.ENV.var / "demo.json"
        card = cards.read(path, project=wanted["project"]["slug"], base_url=settings.ENV.public_url)
        members = people.ensure_people(wanted["people"], card)
        project = people.ensure_project(wanted["project"], wanted["people"], members)
        named = people.by_first_name(members)
        engineer = people.ensure_key(project, named["mia"], card)
        # Before anything slow: a run that is cut short must not lose the passwords.
        card.save(path)
        self._say(_("project and people are there"))
        lead = Actor(named["lee"].pk)
        queues = desk.ensure_queues(project, wanted["queues"], by=lead)
        desk.ensure_policy(project, by=lead)
        desk.ensure_targets(queues, by=lead)
        self._say(_("queues, forms and policy are there"))
        knowledge.ensure_golden(project, by=lead)
        knowledge.ensure_promises(project, by=lead)
        self._say(_("golden items and a word list are there"))
        created = traffic.push(project, by=engineer)["created"]
        self._say(_("%(n)s predictions are new, scored and routed") % {"n": created})
        for step in History(project, queues, named).play():
            self._say(step)
        hidden.ensure_checks(project, queues["answers"], named, by=lead)
        self._say(_("hidden checks are there, and some are answered"))
        insight.ensure_weighed(project, by=lead)
        self._say(_("measures are weighed by what people found"))
        insight.ensure_proposal(project, by=lead)
        self._say(_("a proposal of another policy was tried out"))
        if options["verbosity"]:  # 0: whoever called shows the card when the pages can be opened
            self._show(card)

    def _say(self, step: str) -> None:
        self.stdout.write(f"  demo: {step}")

    def _show(self, card: Card) -> None:
        self.stdout.write("\n" + _("Open %(url)s and log in as:") % {"url": card.base_url})
        for login in card.logins:
            self.stdout.write(f"  {login['role']:<12} {login['email']:<18} {login['password']}")
        self.stdout.write(_("API key: %(key)s") % {"key": card.api_key})
