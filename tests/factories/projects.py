"""Projects with the people that tests speak of: ann, lee, mel and olga inside, sam outside."""

from functools import cached_property

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


class Cast:
    """ann reviews, lee leads, mel is the ML engineer, olga owns; sam owns another project.

    Whoever a test does not speak of is never made: five people cost more than most tests.
    """

    def __init__(self) -> None:
        self.project: Project = ProjectFactory.create()

    @cached_property
    def other(self) -> Project:
        return ProjectFactory.create()

    @cached_property
    def ann(self) -> Person:
        return member(self.project, Role.ANNOTATOR, name="Ann")

    @cached_property
    def lee(self) -> Person:
        return member(self.project, Role.LEAD, name="Lee")

    @cached_property
    def mel(self) -> Person:
        return member(self.project, Role.ML_ENGINEER, name="Mel")

    @cached_property
    def olga(self) -> Person:
        return member(self.project, Role.OWNER, name="Olga")

    @cached_property
    def sam(self) -> Person:
        return member(self.other, Role.OWNER, name="Sam")

    def everybody(self) -> "Cast":
        """The same cast, all of them made: for what lists, counts or is timed."""
        for name in ("ann", "lee", "mel", "olga", "sam"):
            getattr(self, name)
        return self

    def playing(self, role: Role) -> Person:
        """The member with this role."""
        names = {Role.ANNOTATOR: "ann", Role.LEAD: "lee", Role.ML_ENGINEER: "mel", Role.OWNER: "olga"}
        person: Person = getattr(self, names[role])
        return person


def member(project: Project, role: Role, **fields: object) -> Person:
    """A new person with this role in the project."""
    person = PersonFactory.create(**fields)
    actions.admit(project, person=person, role=role, by=SYSTEM)
    return person


def cast() -> Cast:
    """Two projects and five people, each made when first spoken of."""
    return Cast()
