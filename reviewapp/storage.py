"""Where files lie: a folder, or a bucket when the URL names one (s3://bucket/prefix?endpoint=…)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from reviewapp.environment import Misconfigured


def storage_of(url: str, folder: Path) -> dict[str, Any]:
    """Django's STORAGES entry for such a URL; a bucket's keys come from its own environment."""
    parts = urlsplit(url)
    if not url or parts.scheme == "file":
        location = Path(parts.path) if url else folder
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(location), "file_permissions_mode": 0o600},
        }
    if parts.scheme == "s3":
        options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
        if endpoint := parse_qs(parts.query).get("endpoint"):
            options["endpoint_url"] = endpoint[0]
        return {"BACKEND": "reviewapp.bucket.Bucket", "OPTIONS": options}
    raise Misconfigured(
        f"STORAGE_URL or AUDIT_HEADS_URL starts with {parts.scheme!r}. Use file:///folder or s3://bucket/prefix."
    )


def inside(url: str, name: str) -> str:
    """The URL of a folder inside another one; empty for an empty one."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{name}")) if url else ""
