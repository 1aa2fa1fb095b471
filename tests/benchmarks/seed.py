"""What the benchmarks work on: people by the real actions, many rows by SQL.

Nothing here imports Django before the stack has set it up, so callers import this module inside `stack()`.
"""

from dataclasses import dataclass

import psycopg
from django.utils import timezone

from accounts import actions, keys
from accounts.actor import SYSTEM, Actor
from accounts.models import Person, Project
from accounts.roles import ROLES, Role
from queues.assign.queues import open_queue
from queues.review import form_versions
from tests.benchmarks import written
from tests.factories.policies import first_policy

PASSWORD = "benchmark horse battery staple"
FORM = {
    "schema": "form/1",
    "title": "Answer correction",
    "decisions": ["approve", "correct", "reject", "escalate"],
    "reasons": [
        {"value": "factual", "label": "Factually wrong"},
        {"value": "incomplete", "label": "Incomplete"},
        {"value": "tone", "label": "Wrong tone"},
        {"value": "other", "label": "Other", "needs_note": True},
    ],
    "questions": [],
}


@dataclass(frozen=True, slots=True)
class House:
    """One project with a queue, a policy and people. keys: the texts of their API keys."""

    slug: str
    project_id: int
    queue_id: int
    queue_slug: str
    emails: list[str]
    keys: list[str]
    owner_key: str

    @property
    def api(self) -> str:
        return f"/api/v1/projects/{self.slug}"


def house(annotators: int) -> House:
    """A project whose people and keys went through the real actions."""
    owner = _person("owner@example.org", "Owner")
    project = actions.create_project(slug="bench", name="Bench", owner=owner)
    queue = open_queue(project_id=project.pk, slug="answers", name="Answers", by=Actor(owner.pk))
    form_versions.new_version(queue, document=FORM, by=Actor(owner.pk))
    first_policy(project, [queue])
    people = [_person(f"annotator{n}@example.org", f"Annotator {n}") for n in range(annotators)]
    for person in people:
        actions.admit(project, person=person, role=Role.ANNOTATOR, by=SYSTEM)
    return House(
        slug=project.slug,
        project_id=project.pk,
        queue_id=queue.pk,
        queue_slug=queue.slug,
        emails=[person.email for person in people],
        keys=[_key(project, person, Role.ANNOTATOR) for person in people],
        owner_key=_key(project, owner, Role.OWNER),
    )


def _person(email: str, name: str) -> Person:
    return Person.objects.create_person(email, name, PASSWORD)


def _key(project: Project, person: Person, role: Role) -> str:
    _stored, text = keys.create(
        project, person=person, name="bench", scopes=ROLES[role], now=timezone.now(), by=Actor(person.pk)
    )
    return text


# Text of 200 to 2,000 characters, cut out of one long text at another place for every row.
_WORDS = """
CREATE TEMP TABLE words AS SELECT string_agg(md5(n::text) || CASE WHEN n % 3 = 0 THEN '. ' ELSE ' ' END, '')
  AS long FROM generate_series(1, 400) n
"""
_PREDICTIONS = """
INSERT INTO queues_prediction
  (id, project_id, environment, prediction_id, content_hash, state, model_version, locale, segment, altered,
   occurred_at)
SELECT n, %(project)s, 'production', 'seed-' || n, sha256(n::text::bytea), 'routed', 'prod-' || n %% 5, 'en',
  '', false, now() - n * interval '1 second'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_PAYLOADS = """
INSERT INTO queues_payload (prediction_id, record, output_text)
SELECT n, jsonb_build_object(
    'prediction_id', 'seed-' || n, 'occurred_at', '2026-03-01T10:00:02Z',
    'input', jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'user',
      'parts', jsonb_build_array(jsonb_build_object('type', 'text', 'content', question))))),
    'output', jsonb_build_object('text', text), 'model', jsonb_build_object('request_model', 'bench')),
  text
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n, words,
  LATERAL (SELECT substr(long, (1 + n * 7919 %% 9000)::int, (200 + n * 104729 %% 1801)::int) AS text,
           substr(long, (1 + n %% 9000)::int, (200 + n %% 300)::int) AS question) t
"""
_ROUTINGS = """
INSERT INTO queues_routing (prediction_id, policy_id, pi, reasons)
SELECT n, (SELECT id FROM queues_policy WHERE project_id = %(project)s AND is_active), 1.0,
  '[{"rule": "uncertain", "kind": "uncertain", "measure": "mean_nll", "score": 1.5, "rank": 0.9,
     "threshold": 0.8}]'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
_ITEMS = """
INSERT INTO queues_item (id, queue_id, prediction_id, priority, due_at, reviews_needed, reasons)
SELECT n, %(queue)s, n, 30 + 20 * (n %% 4)::int, now() + (n %% 100000) * interval '1 second', 1, r.reasons
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
JOIN queues_routing r ON r.prediction_id = n
"""
_SLOTS = """
INSERT INTO queues_slot (item_id, queue_id, seq, priority, due_at)
SELECT id, queue_id, 1, priority, due_at FROM queues_item WHERE id BETWEEN %(first)s AND %(last)s
"""
_VERDICTS = """
WITH reviewed AS (
  INSERT INTO queues_review
    (item_id, slot_id, person_id, form_id, lease_token, decision, reasons, answers, corrected_text, note,
     opened_at)
  SELECT s.item_id, s.id, %(person)s, q.form_id, gen_random_uuid(), 'correct', '["factual"]', '{}',
    p.output_text || ' Corrected.', '', now()
  FROM queues_slot s
  JOIN queues_queue q ON q.id = s.queue_id
  JOIN queues_payload p ON p.prediction_id = s.item_id
  WHERE s.item_id BETWEEN %(first)s AND %(last)s ORDER BY s.item_id
  RETURNING id, item_id, decision, reasons, answers, corrected_text
)
INSERT INTO queues_verdict
  (queue_id, item_id, decision, basis, reasons, answers, corrected_text, review_id, why)
SELECT %(queue)s, item_id, decision, 'single', reasons, answers, corrected_text, id, '' FROM reviewed
"""
_SETTLED = """
UPDATE queues_slot SET state = 'done', untouched = false, person_id = %(person)s
  WHERE item_id BETWEEN %(first)s AND %(last)s;
UPDATE queues_item SET state = 'settled', settled_at = now() WHERE id BETWEEN %(first)s AND %(last)s;
"""
# What `written.rows` wrote: texts as people write them, with what guards look for planted in a few.
_WRITTEN = """
CREATE TEMP TABLE written (n bigint PRIMARY KEY, question text, output text, corrected text, origin text)
"""
_WRITTEN_PAYLOADS = """
INSERT INTO queues_payload (prediction_id, record, output_text)
SELECT n, jsonb_build_object(
    'prediction_id', 'seed-' || n, 'occurred_at', '2026-03-01T10:00:02Z',
    'input', jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'user',
      'parts', jsonb_build_array(jsonb_build_object('type', 'text', 'content', question))))),
    'output', jsonb_build_object('text', output), 'model', jsonb_build_object('request_model', 'bench'),
    'rights', jsonb_strip_nulls(jsonb_build_object('licence', 'cc-by-4.0', 'origin', origin))),
  output
FROM written WHERE n BETWEEN %(first)s AND %(last)s
"""
_WRITTEN_VERDICTS = """
WITH reviewed AS (
  INSERT INTO queues_review
    (item_id, slot_id, person_id, form_id, lease_token, decision, reasons, answers, corrected_text, note,
     opened_at)
  SELECT s.item_id, s.id, %(person)s, q.form_id, gen_random_uuid(),
    CASE WHEN w.corrected IS NULL THEN 'approve' ELSE 'correct' END,
    CASE WHEN w.corrected IS NULL THEN '[]' ELSE '["factual"]' END::jsonb, '{}', w.corrected, '', now()
  FROM queues_slot s
  JOIN queues_queue q ON q.id = s.queue_id
  JOIN written w ON w.n = s.item_id
  WHERE s.item_id BETWEEN %(first)s AND %(last)s ORDER BY s.item_id
  RETURNING id, item_id, decision, reasons, answers, corrected_text
)
INSERT INTO queues_verdict
  (queue_id, item_id, decision, basis, reasons, answers, corrected_text, review_id, why)
SELECT %(queue)s, item_id, decision, 'agreed', reasons, answers, corrected_text, id, '' FROM reviewed
"""
_WRITTEN_GOLDEN = """
WITH items AS (
  INSERT INTO queues_golden (project_id, golden_id, retired_why)
  SELECT %(project)s, 'golden-' || n, '' FROM asked RETURNING id, golden_id
)
INSERT INTO queues_goldenversion
  (golden_id, project_id, version, content_hash, input, prompt, prompt_sha256, normalised_sha256, targets,
   rule, rubric, context, locale, tags, reason, is_current)
SELECT i.id, %(project)s, 1, sha256(a.n::text::bytea), jsonb_build_object('prompt', a.question), a.question,
  sha256(a.question::bytea), sha256(lower(a.question)::bytea), jsonb_build_array(a.answer), '{}',
  '', '', '', '[]', 'for the benchmark', true
FROM asked a JOIN items i ON i.golden_id = 'golden-' || a.n
"""
_SEQUENCES = ("queues_prediction", "queues_item")
_PART = 100_000


def items(database: psycopg.Connection, home: House, how_many: int) -> None:
    """Items that wait in the queue, each with its prediction and texts."""
    _in_parts(database, home, how_many, _PREDICTIONS, _PAYLOADS, _ROUTINGS, _ITEMS, _SLOTS)


def bare_items(database: psycopg.Connection, home: House, how_many: int) -> None:
    """The same without their texts, for what looks at slots only."""
    _in_parts(database, home, how_many, _PREDICTIONS, _ROUTINGS, _ITEMS, _SLOTS)


def predictions(database: psycopg.Connection, home: House, how_many: int) -> None:
    """Predictions with their texts, not routed by anything."""
    _in_parts(database, home, how_many, _PREDICTIONS, _PAYLOADS)


def verdicts(database: psycopg.Connection, home: House, how_many: int) -> None:
    """Settled items with a review and a verdict each, all corrected."""
    _in_parts(
        database, home, how_many, _PREDICTIONS, _PAYLOADS, _ROUTINGS, _ITEMS, _SLOTS, _VERDICTS,
        *_SETTLED.split(";")[:2],
    )  # fmt: skip


def written_verdicts(database: psycopg.Connection, home: House, how_many: int) -> None:
    """Settled items as `written.rows` has them: two agreed on each, with a licence."""
    database.execute(_WRITTEN)
    with database.cursor() as cursor, cursor.copy("COPY written FROM STDIN") as copy:
        for row in written.rows(how_many):
            copy.write_row(row)
    _in_parts(
        database, home, how_many, _PREDICTIONS, _WRITTEN_PAYLOADS, _ROUTINGS, _ITEMS, _SLOTS,
        _WRITTEN_VERDICTS, *_SETTLED.split(";")[:2],
    )  # fmt: skip


def golden(database: psycopg.Connection, home: House, how_many: int) -> None:
    """Golden items as `written.golden` has them, one answer each."""
    database.execute("CREATE TEMP TABLE asked (n bigint, question text, answer text)")
    with database.cursor() as cursor, cursor.copy("COPY asked FROM STDIN") as copy:
        for row in written.golden(how_many):
            copy.write_row(row)
    database.execute(_WRITTEN_GOLDEN, {"project": home.project_id})
    database.execute("VACUUM ANALYZE queues_golden, queues_goldenversion")


def _in_parts(database: psycopg.Connection, home: House, how_many: int, *statements: str) -> None:
    """Rows fit together by construction, so the checks of foreign keys are left out; then the statistics."""
    person = Person.objects.get(email=home.emails[0])
    arguments = {"project": home.project_id, "queue": home.queue_id, "person": person.pk}
    database.execute("SET session_replication_role = replica")
    database.execute(_WORDS)
    for first in range(1, how_many + 1, _PART):
        part = arguments | {"first": first, "last": min(how_many, first + _PART - 1)}
        for statement in statements:
            database.execute(statement, part)
    database.execute("SET session_replication_role = DEFAULT")
    for table in _SEQUENCES:
        database.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, how_many])
    database.execute("VACUUM ANALYZE")
    database.execute("CHECKPOINT")
