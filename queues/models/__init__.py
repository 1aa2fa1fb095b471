"""A file per noun; constraints live with their model."""

from queues.models.acceptance import ACCEPTED_BECAUSE_MIN, Acceptance, GuardStop
from queues.models.agreement import AgreementCheck, AgreementUnit, PatternCount
from queues.models.agreement_target import AgreementTarget, Expects
from queues.models.bookmark import Bookmark
from queues.models.bulk_change import AMOUNTS, BulkChange, BulkKind, ChangedItem
from queues.models.calibration import Because, Calibration, CalibrationMethod, Worth
from queues.models.check import Check, Purpose, ServedCheck
from queues.models.dataset import DATASET_NAME, Dataset, DatasetVersion, SplitGroup
from queues.models.dispute_rule import DisputeRule
from queues.models.document import SearchDocument
from queues.models.dry_run import DryRun
from queues.models.enrichment import ATTEMPTS_MAX, Enrichment, EnrichmentKind
from queues.models.feedback import Feedback, FeedbackKind, FeedbackName, PredictionAlias, Rating
from queues.models.flag import Flag, Severity
from queues.models.form_draft import FormDraft
from queues.models.golden import Deviation, Golden, GoldenVector, GoldenVersion, MatchedBy
from queues.models.item import (
    ITEM_MOVES,
    UNDER_REVIEW,
    UNFINISHED,
    Attachment,
    Item,
    ItemState,
    told_withdrawn,
)
from queues.models.job import Heartbeat, Job, JobState
from queues.models.judgement import Judgement, OverrideKind
from queues.models.note import Mention, Note
from queues.models.policy import Policy, PolicyActivation, Routing, RuleAllowance, SecondLook
from queues.models.policy_draft import PolicyDraft
from queues.models.prediction import Payload, Prediction, PredictionState
from queues.models.qualification import DONE, Qualification, QualificationState
from queues.models.queue import BOUNDS, NO_REASON, FormVersion, Queue, SpreadBy, WorkOrder
from queues.models.recall import Recall, RecallBy, RecallPreview, RecallReason, RecallRequest
from queues.models.release import RELEASE_MOVES, ExportKey, Release, ReleaseFile, ReleaseRow, ReleaseState
from queues.models.review import Decision, Draft, Review
from queues.models.score import Scores
from queues.models.selection import SelectedBy, Selection
from queues.models.slot import Skip, SkipReason, Slot, SlotState
from queues.models.subject_value import SubjectValue
from queues.models.vector import KnownEncoder, Part, Question
from queues.models.verdict import Basis, Verdict
from queues.models.webhook import (
    Delivery,
    DeliveryState,
    Problem,
    Webhook,
    WebhookEvent,
    WebhookSecret,
    WhyDisabled,
)
from queues.models.word_list import LIST_NAME, ListKind, ListTarget, WordList
from queues.models.work_profile import DAILY_LIMIT_MOST, WorkProfile

__all__ = [
    "ACCEPTED_BECAUSE_MIN",
    "AMOUNTS",
    "ATTEMPTS_MAX",
    "BOUNDS",
    "DAILY_LIMIT_MOST",
    "DATASET_NAME",
    "DONE",
    "ITEM_MOVES",
    "LIST_NAME",
    "NO_REASON",
    "RELEASE_MOVES",
    "UNDER_REVIEW",
    "UNFINISHED",
    "Acceptance",
    "AgreementCheck",
    "AgreementTarget",
    "AgreementUnit",
    "Attachment",
    "Basis",
    "Because",
    "Bookmark",
    "BulkChange",
    "BulkKind",
    "Calibration",
    "CalibrationMethod",
    "ChangedItem",
    "Check",
    "Dataset",
    "DatasetVersion",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Deviation",
    "DisputeRule",
    "Draft",
    "DryRun",
    "Enrichment",
    "EnrichmentKind",
    "Expects",
    "ExportKey",
    "Feedback",
    "FeedbackKind",
    "FeedbackName",
    "Flag",
    "FormDraft",
    "FormVersion",
    "Golden",
    "GoldenVector",
    "GoldenVersion",
    "GuardStop",
    "Heartbeat",
    "Item",
    "ItemState",
    "Job",
    "JobState",
    "Judgement",
    "KnownEncoder",
    "ListKind",
    "ListTarget",
    "MatchedBy",
    "Mention",
    "Note",
    "OverrideKind",
    "Part",
    "PatternCount",
    "Payload",
    "Policy",
    "PolicyActivation",
    "PolicyDraft",
    "Prediction",
    "PredictionAlias",
    "PredictionState",
    "Problem",
    "Purpose",
    "Qualification",
    "QualificationState",
    "Question",
    "Queue",
    "Rating",
    "Recall",
    "RecallBy",
    "RecallPreview",
    "RecallReason",
    "RecallRequest",
    "Release",
    "ReleaseFile",
    "ReleaseRow",
    "ReleaseState",
    "Review",
    "Routing",
    "RuleAllowance",
    "Scores",
    "SearchDocument",
    "SecondLook",
    "SelectedBy",
    "Selection",
    "ServedCheck",
    "Severity",
    "Skip",
    "SkipReason",
    "Slot",
    "SlotState",
    "SplitGroup",
    "SpreadBy",
    "SubjectValue",
    "Verdict",
    "Webhook",
    "WebhookEvent",
    "WebhookSecret",
    "WhyDisabled",
    "WordList",
    "WorkOrder",
    "WorkProfile",
    "Worth",
    "told_withdrawn",
]
