"""A file per noun; constraints live with their model."""

from queues.models.dataset import DATASET_NAME, Dataset
from queues.models.feedback import Feedback, FeedbackKind, FeedbackName, PredictionAlias, Rating
from queues.models.flag import Flag, Severity
from queues.models.golden import Deviation, Golden, GoldenVersion, MatchedBy
from queues.models.item import ITEM_MOVES, Attachment, Item, ItemState
from queues.models.job import Heartbeat, Job, JobState
from queues.models.policy import Policy, Routing, RuleAllowance, SecondLook
from queues.models.prediction import Payload, Prediction, PredictionState
from queues.models.queue import FormVersion, Queue
from queues.models.release import RELEASE_MOVES, ExportKey, Release, ReleaseFile, ReleaseRow, ReleaseState
from queues.models.review import Decision, Draft, Review
from queues.models.score import Scores
from queues.models.slot import Skip, SkipReason, Slot, SlotState
from queues.models.verdict import Basis, Verdict

__all__ = [
    "DATASET_NAME",
    "ITEM_MOVES",
    "RELEASE_MOVES",
    "Attachment",
    "Basis",
    "Dataset",
    "Decision",
    "Deviation",
    "Draft",
    "ExportKey",
    "Feedback",
    "FeedbackKind",
    "FeedbackName",
    "Flag",
    "FormVersion",
    "Golden",
    "GoldenVersion",
    "Heartbeat",
    "Item",
    "ItemState",
    "Job",
    "JobState",
    "MatchedBy",
    "Payload",
    "Policy",
    "Prediction",
    "PredictionAlias",
    "PredictionState",
    "Queue",
    "Rating",
    "Release",
    "ReleaseFile",
    "ReleaseRow",
    "ReleaseState",
    "Review",
    "Routing",
    "RuleAllowance",
    "Scores",
    "SecondLook",
    "Severity",
    "Skip",
    "SkipReason",
    "Slot",
    "SlotState",
    "Verdict",
]
