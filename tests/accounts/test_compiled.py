import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.compiled import Argument, Compiled
from accounts.models import Membership
from accounts.roles import Role
from tests.factories.projects import Cast, cast

pytestmark = pytest.mark.django_db


def of_person() -> QuerySet[Membership]:
    return (
        Membership.objects.select_related("person", "project")
        .annotate(slug=F("project__slug"))
        .filter(person=Argument("person"), role=Argument("role"))
    )


def of_project() -> QuerySet[Membership]:
    members = Membership.objects.filter(project=Argument("project"))
    return members.select_related("person").order_by("person_id")


@pytest.fixture
def people() -> Cast:
    return cast()


def test_it_finds_what_the_queryset_finds_with_related_rows_and_annotations(people: Cast) -> None:
    compiled = Compiled(of_person)

    for person, role in ((people.ann, Role.ANNOTATOR), (people.lee, Role.LEAD)):
        found = compiled.first(person=person.pk, role=role)

        assert found == Membership.objects.get(person=person, role=role)
        assert found is not None
        with CaptureQueriesContext(connection) as queries:
            assert (found.person, found.project) == (person, people.project)
        assert len(queries) == 0
        assert found.slug == people.project.slug  # type: ignore[attr-defined]


def test_it_finds_none_where_there_is_no_row(people: Cast) -> None:
    assert Compiled(of_person).first(person=people.ann.pk, role=Role.LEAD) is None


def test_it_gives_all_rows_in_the_order_of_the_queryset(people: Cast) -> None:
    members = [people.olga, people.ann, people.lee]
    compiled = Compiled(of_project)

    found = compiled.all(project=people.project.pk)

    assert [one.person for one in found] == sorted(members, key=lambda person: person.pk)
    assert compiled.all(project=people.other.pk) == []


def test_it_builds_its_sql_once(people: Cast) -> None:
    built = []

    def build() -> QuerySet[Membership]:
        built.append(1)
        return of_person()

    compiled = Compiled(build)
    for _time in range(3):
        compiled.first(person=people.ann.pk, role=Role.ANNOTATOR)

    assert len(built) == 1


def test_a_missing_argument_is_an_error(people: Cast) -> None:
    with pytest.raises(KeyError):
        Compiled(of_person).first(person=people.ann.pk)
