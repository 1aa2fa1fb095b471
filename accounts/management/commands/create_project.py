"""`manage.py create_project`: the first step on a new server: a project and its owner."""

from argparse import ArgumentParser

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import actions
from accounts.errors import Taken
from accounts.models import Person
from accounts.models.person import normal_email


class Command(BaseCommand):
    help = "Create a project and give it an owner, whose account is made when there is none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name for addresses, such as support-bot")
        parser.add_argument("--name", required=True, help="the name that people read")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--owner-name", default="Owner")

    @transaction.atomic
    def handle(
        self, *args: object, slug: str, name: str, owner: str, owner_name: str, **options: object
    ) -> None:
        try:
            person, password = self._owner(owner, owner_name)
            actions.create_project(slug=slug, name=name, owner=person)
        except (Taken, ValidationError) as error:
            raise CommandError("; ".join(getattr(error, "messages", [str(error)]))) from error
        self.stdout.write(f"Project {slug} is there; {person.email} owns it.")
        if password:
            self.stdout.write(f"One-time password, shown only now: {password}")

    def _owner(self, email: str, name: str) -> tuple[Person, str]:
        person = Person.objects.filter(email=normal_email(email)).first()
        if person is not None:
            return person, ""
        return actions.create_person(email=email, name=name, now=timezone.now())
