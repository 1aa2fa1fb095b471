"""Projects with the people that tests speak of: ann, lee, mel and olga inside, sam outside."""

from dataclasses import dataclass

from factory.declarations import LazyAttribute, Sequence
from factory.django import DjangoModelFactory

from accounts import actions
from accounts.actor import SYSTEM
from accounts.models import Person, Project
from accounts.roles import Role
from tests.factories.people import PersonFactory


class ProjectFactory(DjangoModelFactory[Project]):
    """A project without members."""

    class Meta:
        model = Project

    slug = Sequence(lambda number: f"project-{number}")
    name = LazyAttribute(lambda project: project.slug.replace("-", " ").capitalize())


@dataclass(frozen=True, slots=True)
class Cast:
    """ann reviews, lee leads, mel is the ML engineer, olga owns; sam owns another project."""

    project: Project
    other: Project
    ann: Person
    lee: Person
    mel: Person
    olga: Person
    sam: Person

    def playing(self, role: Role) -> Person:
        """The member with this role."""
        people = {
            Role.ANNOTATOR: self.ann,
            Role.LEAD: self.lee,
            Role.ML_ENGINEER: self.mel,
            Role.OWNER: self.olga,
        }
        return people[role]


def member(project: Project, role: Role, **fields: object) -> Person:
    """A new person with this role in the project."""
    person = PersonFactory.create(**fields)
    actions.admit(project, person=person, role=role, by=SYSTEM)
    return person


def cast() -> Cast:
    """Two projects and five people."""
    project, other = ProjectFactory.create(), ProjectFactory.create()
    return Cast(
        project=project,
        other=other,
        ann=member(project, Role.ANNOTATOR, name="Ann"),
        lee=member(project, Role.LEAD, name="Lee"),
        mel=member(project, Role.ML_ENGINEER, name="Mel"),
        olga=member(project, Role.OWNER, name="Olga"),
        sam=member(other, Role.OWNER, name="Sam"),
    )
