from accounts.models.api_key import ApiKey
from accounts.models.event import Event
from accounts.models.login_delay import LoginDelay
from accounts.models.membership import Membership
from accounts.models.person import Person
from accounts.models.project import Project, ProjectUserObjectPermission
from accounts.models.rate_bucket import RateBucket
from accounts.models.seal import Seal, SealingPlace
from accounts.models.stored_answer import StoredAnswer
from accounts.models.verification import AuditVerification, BreakKind

__all__ = [
    "ApiKey",
    "AuditVerification",
    "BreakKind",
    "Event",
    "LoginDelay",
    "Membership",
    "Person",
    "Project",
    "ProjectUserObjectPermission",
    "RateBucket",
    "Seal",
    "SealingPlace",
    "StoredAnswer",
]
