"""The migration that judges what was decided before it existed says what the decisions themselves say."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.roles import Role
from queues import pipeline
from queues.models import Judgement
from tests.factories.judgements import VIOLATION, judged
from tests.factories.projects import cast, member
from tests.factories.reviews import APPROVE, REJECT
from tests.factories.work import FORM, queue_in

FIELDS = (
    "project", "queue", "item", "kind", "before", "after", "overrides", "person", "before_person",
    "component", "category", "review", "verdict",
)  # fmt: skip


@pytest.mark.django_db
def test_the_history_is_judged_as_the_decisions_were() -> None:
    people = cast()
    queue = queue_in(people.project, form={**FORM, "questions": [VIOLATION]})
    others = [member(people.project, Role.ANNOTATOR) for _ in range(2)]
    flags = (("a", "hate", True), ("b", "", False))
    judged(queue, (people.ann, {**REJECT, "answers": {"violation": "no"}}), flags=flags)
    item = judged(queue, (people.ann, APPROVE), (others[0], REJECT), (others[1], REJECT), flags=flags)
    for by, document in ((people.lee, APPROVE), (people.olga, REJECT)):
        pipeline.settle_by_lead(
            item.pk, project=people.project, by=Actor(by.pk), document=document, why="So it is."
        )
        pipeline.reopen_by_lead(item.pk, project=people.project, by=Actor(by.pk), why="No.")
    written = sorted(Judgement.objects.values_list(*FIELDS), key=str)
    last = Judgement.objects.latest("pk").pk
    migration = import_module("queues.migrations.0022_overrides")

    with connection.cursor() as cursor:
        cursor.execute(migration.OF_REVIEWS)
        cursor.execute(migration.OF_VERDICTS)

    assert len(written) > 10
    assert sorted(Judgement.objects.filter(pk__gt=last).values_list(*FIELDS), key=str) == written
