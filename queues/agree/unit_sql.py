"""The SQL of counted agreement: what a unit holds, and what counts it comes to.

A unit's document: {"queue": id, "version": of the form, "drawn": bool, "groups": [[by, name], …],
"said": {question: {person: answer as it is compared}}}. The database makes patterns of it, so that folding
and reading cannot differ.
"""

# The items that count: reviewing is over, so that no figure tells of an answer that is still awaited.
IS_SHARED = "item.reviews_needed > 1 AND item.state IN ('disputed', 'settled')"

# What items are told apart by; fixed for the life of an item. Of a cohort only words and yes or no: numbers
# are no groups, and as many as there are items. It stands beside the record, which is opened only where a
# version before has written it: a submit must not cost what its texts are long.
GROUPS = """
jsonb_build_array(
  jsonb_build_array('week', to_char(date_trunc('week', item.created_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD')),
  jsonb_build_array('model', prediction.model_version),
  jsonb_build_array('locale', prediction.locale),
  jsonb_build_array('segment', prediction.segment)
) || (
  SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array('reason', reason ->> 'kind')), '[]')
  FROM jsonb_array_elements(item.reasons) reason WHERE reason ? 'kind'
) || (
  SELECT coalesce(jsonb_agg(
    jsonb_build_array('cohort', one.key || '=' || (one.value #>> '{}')) ORDER BY one.key
  ), '[]')
  FROM queues_payload payload
  CROSS JOIN LATERAL (SELECT coalesce(payload.cohort, payload.record #> '{subject,cohort}') AS said) cohort
  CROSS JOIN LATERAL jsonb_each(CASE jsonb_typeof(cohort.said) WHEN 'object' THEN cohort.said END) one
  WHERE payload.prediction_id = prediction.id AND jsonb_typeof(one.value) IN ('string', 'boolean')
)
"""

COHORTS = """
SELECT item_id, one ->> 1 FROM queues_agreementunit
CROSS JOIN LATERAL jsonb_array_elements(holds -> 'groups') one
WHERE item_id = ANY (%s) AND one ->> 0 = 'cohort'
"""

# A document `doc` → one row per grouping and question: group.by, group.name, told.question, told.pattern.
EXPANDED = """
CROSS JOIN LATERAL (
  SELECT 'all' AS by, '' AS name
  UNION ALL SELECT one ->> 0, one ->> 1 FROM jsonb_array_elements(doc -> 'groups') one
) grouped
CROSS JOIN LATERAL (
  SELECT '' AS question, '[]' AS pattern
  UNION ALL
  SELECT said.key, (
    SELECT jsonb_agg(given.value ORDER BY given.value COLLATE "C")::text
    FROM jsonb_each_text(said.value) given
  ) FROM jsonb_each(doc -> 'said') said
) told
"""


def _counting(told: str) -> str:
    """The statement that stores units; told: rows of id, version and what is said."""
    return f"""
INSERT INTO queues_agreementunit AS unit (item_id, holds, is_folded, is_owed)
SELECT item.id, CASE WHEN told.said IS NOT NULL THEN jsonb_build_object(
    'queue', item.queue_id, 'version', told.version, 'drawn', item.overlap_drawn OR item.blind_drawn,
    'groups', {GROUPS}, 'said', told.said) END, false, false
FROM {told} AS told(id, version, said)
JOIN queues_item item ON item.id = told.id
JOIN queues_prediction prediction ON prediction.id = item.prediction_id
ON CONFLICT (item_id) DO UPDATE SET
  holds = excluded.holds, is_owed = false, is_folded = unit.folded IS NOT DISTINCT FROM excluded.holds
"""


COUNT = _counting("unnest(%s::bigint[], %s::int[], %s::jsonb[])")
COUNT_ONE = _counting("(VALUES (%s::bigint, %s::int, %s::jsonb))")  # arrays cost time to write

# An item whose reviewing is over takes its state; one that has it already is left as it is.
CLOSE = """
UPDATE queues_item SET state = %s, settled_at = CASE WHEN %s = 'settled' THEN now() END
WHERE id = %s AND state = 'in_review'
"""
# The same, and what is said counts: in a submit each way to the database and back is waited for.
CLOSE_AND_COUNT = f"WITH closed AS ({CLOSE}) {COUNT_ONE}"

# Items already taken out need no row: most items that are reopened were never counted.
FORGET = """
UPDATE queues_agreementunit SET holds = NULL, is_owed = false, is_folded = folded IS NULL
WHERE item_id = ANY (%s) AND (holds IS NOT NULL OR is_owed)
"""

_SAME = """
  total.queue_id = change.queue_id AND total.by = change.by AND total.question = change.question
  AND total.is_drawn = change.is_drawn AND total.version = change.version
  AND md5(total.name) = md5(change.name) AND md5(total.pattern) = md5(change.pattern)
"""
# What is new is counted, what was counted of these units before is taken off, in one statement. The caller is
# alone in this, so that no two add the same row.
FOLD = f"""
WITH taken AS (
  SELECT item_id, holds, folded FROM queues_agreementunit
  WHERE NOT is_folded AND NOT is_owed ORDER BY item_id LIMIT %s FOR UPDATE SKIP LOCKED
), change AS MATERIALIZED (
  SELECT (doc ->> 'queue')::bigint AS queue_id, grouped.by, grouped.name,
    (doc -> 'drawn')::boolean AS is_drawn, told.question, (doc ->> 'version')::int AS version,
    told.pattern, sum(side.n) AS n
  FROM (
    SELECT holds AS doc, 1 AS n FROM taken WHERE holds IS NOT NULL
    UNION ALL SELECT folded, -1 FROM taken WHERE folded IS NOT NULL
  ) side {EXPANDED}
  GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(side.n) <> 0
), ended AS (
  DELETE FROM queues_patterncount total USING change WHERE {_SAME} AND total.n + change.n = 0
), grown AS (
  UPDATE queues_patterncount total SET n = total.n + change.n FROM change
  WHERE {_SAME} AND total.n + change.n <> 0
), added AS (
  INSERT INTO queues_patterncount (queue_id, by, name, is_drawn, question, version, pattern, n)
  SELECT queue_id, by, name, is_drawn, question, version, pattern, n FROM change
  WHERE NOT EXISTS (SELECT FROM queues_patterncount total WHERE {_SAME})
)
UPDATE queues_agreementunit unit SET folded = unit.holds, is_folded = true
FROM taken WHERE unit.item_id = taken.item_id
"""

# The counts, and what they do not contain yet, of one moment. Half as many rows where it need not be told
# which items were drawn.
READ = f"""
SELECT name, is_drawn, question, version, pattern, sum(n)::bigint FROM (
  SELECT name, is_drawn AND %(tells_drawn)s AS is_drawn, question, version, pattern, n
  FROM queues_patterncount
  WHERE queue_id = %(queue)s AND by = %(by)s
    AND question = ANY (coalesce(%(questions)s::text[], ARRAY[question]))
  UNION ALL
  SELECT grouped.name, (doc -> 'drawn')::boolean AND %(tells_drawn)s, told.question, (doc ->> 'version')::int,
    told.pattern, side.n
  FROM (
    SELECT holds AS doc, 1 AS n FROM queues_agreementunit
    WHERE NOT is_folded AND NOT is_owed AND (holds ->> 'queue')::bigint = %(queue)s
    UNION ALL
    SELECT folded, -1 FROM queues_agreementunit
    WHERE NOT is_folded AND NOT is_owed AND (folded ->> 'queue')::bigint = %(queue)s
  ) side {EXPANDED}
  WHERE grouped.by = %(by)s AND told.question = ANY (coalesce(%(questions)s::text[], ARRAY[told.question]))
) counted
GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0
"""
