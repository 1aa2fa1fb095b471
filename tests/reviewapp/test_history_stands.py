"""Which tables are history: the database guards all their columns, but those that are named here."""

from collections.abc import Mapping

import pytest
from django.apps import apps
from django.db import connection, models

# table → the columns that may change
HISTORY: Mapping[str, frozenset[str]] = {
    "accounts_auditverification": frozenset(),
    "accounts_event": frozenset(),
    "accounts_seal": frozenset(),
    "queues_acceptance": frozenset(),
    "queues_agreementcheck": frozenset(),
    "queues_agreementtarget": frozenset(),
    "queues_attachment": frozenset(),
    "queues_calibration": frozenset({"is_current"}),
    "queues_changeditem": frozenset(),
    "queues_datasetversion": frozenset(),
    "queues_deviation": frozenset(),
    "queues_disputerule": frozenset(),
    "queues_feedback": frozenset({"prediction_id", "record", "erased_at", "is_owed"}),
    "queues_flag": frozenset(),
    "queues_formversion": frozenset(),
    "queues_golden": frozenset({"retired_at", "retired_why"}),
    "queues_goldenversion": frozenset({"is_current"}),
    "queues_guardstop": frozenset(),
    "queues_judgement": frozenset(),
    "queues_mention": frozenset(),
    "queues_note": frozenset(),
    "queues_policy": frozenset({"is_active"}),
    "queues_policyactivation": frozenset(),
    "queues_prediction": frozenset({"state"}),
    "queues_recall": frozenset(),
    "queues_releasefile": frozenset(),
    "queues_releaserow": frozenset(),
    "queues_review": frozenset({"withdrawn_at"}),
    "queues_routing": frozenset(),
    "queues_secondlook": frozenset(),
    "queues_skip": frozenset(),
    "queues_splitgroup": frozenset(),
    "queues_verdict": frozenset({"withdrawn_at"}),
    "queues_wordlist": frozenset({"is_active", "too_slow_ms"}),
}
HISTORY_ONCE_PUBLISHED = frozenset({"queues_release"})

# How things stand now, work that is under way, what can be made again. A new table is said to be one or
# the other: as history it needs its trigger.
PRESENT = frozenset(
    {
        "accounts_apikey",
        "accounts_logindelay",
        "accounts_membership",
        "accounts_person",
        "accounts_project",
        "accounts_projectuserobjectpermission",
        "accounts_ratebucket",
        "accounts_sealingplace",
        "accounts_storedanswer",
        "queues_agreementunit",
        "queues_bookmark",
        "queues_bulkchange",
        "queues_check",
        "queues_dataset",
        "queues_delivery",
        "queues_draft",
        "queues_dryrun",
        "queues_enrichment",
        "queues_exportkey",
        "queues_formdraft",
        "queues_goldenvector",
        "queues_heartbeat",
        "queues_item",
        "queues_job",
        "queues_knownencoder",
        "queues_patterncount",
        "queues_payload",
        "queues_policydraft",
        "queues_predictionalias",
        "queues_qualification",
        "queues_question",
        "queues_queue",
        "queues_rating",
        "queues_recallpreview",
        "queues_recallrequest",
        "queues_ruleallowance",
        "queues_scores",
        "queues_searchdocument",
        "queues_selection",
        "queues_servedcheck",
        "queues_slot",
        "queues_subjectvalue",
        "queues_webhook",
        "queues_webhooksecret",
        "queues_workprofile",
        "queues_worth",
    }
)

# Bits of tgtype (pg_trigger.h): 1 for each row, 2 before, 16 UPDATE. A trigger without columns guards all.
GUARDED = """
SELECT column_.attname
FROM pg_attribute column_ JOIN pg_trigger guard ON guard.tgrelid = column_.attrelid
WHERE column_.attrelid = %(table)s::regclass AND column_.attnum > 0 AND NOT column_.attisdropped
  AND guard.tgfoid IN (SELECT oid FROM pg_proc WHERE proname = ANY(%(functions)s))
  AND guard.tgenabled = 'O' AND guard.tgqual IS NULL AND guard.tgtype & 19 = 19
  AND (cardinality(guard.tgattr::int2[]) = 0 OR column_.attnum = ANY(guard.tgattr::int2[]))
"""
REFUSE = [
    "accounts_event_refuse_change",
    "accounts_seal_refuse_change",
    "queues_refuse_rewrite",
    "queues_is_erased_only",
]


def tables() -> dict[str, type[models.Model]]:
    """Our tables, each with its model."""
    ours = [*apps.get_app_config("accounts").get_models(), *apps.get_app_config("queues").get_models()]
    return {model._meta.db_table: model for model in ours if model._meta.managed}


def test_every_table_is_said_to_be_history_or_not() -> None:
    assert set(tables()) == set(HISTORY) | HISTORY_ONCE_PUBLISHED | PRESENT
    assert len(tables()) == len(HISTORY) + len(HISTORY_ONCE_PUBLISHED) + len(PRESENT)


@pytest.mark.django_db
@pytest.mark.parametrize("table", HISTORY)
def test_every_column_of_a_history_table_is_guarded_but_those_that_may_change(table: str) -> None:
    columns = {field.column for field in tables()[table]._meta.concrete_fields}

    with connection.cursor() as cursor:
        cursor.execute(GUARDED, {"table": table, "functions": REFUSE})
        guarded = {name for (name,) in cursor.fetchall()}

    assert columns - guarded == HISTORY[table]
