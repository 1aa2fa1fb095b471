"""What a release that was stopped leaves behind: the file of the rows in which its guards found something.

Nothing else of it leaves the worker. The file holds ids and codes, no text, and is looked at while it is the
newest attempt of its dataset, or not yet old; counts and examples stay with the release.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from queues.export.files import store
from queues.export.files.contents import FINDINGS_FILE, Contents
from queues.models import Release, ReleaseFile, ReleaseState

KEPT = timedelta(days=30)
_FORGOTTEN_AT_ONCE = 100  # of one sweep


def store_findings(release: Release, contents: Contents) -> ReleaseFile | None:
    """The file of findings, put away; not saved yet, as the release may have been replaced meanwhile."""
    written = next((file for file in contents.more if file.name == FINDINGS_FILE), None)
    if written is None or release.folder is None:
        return None
    return ReleaseFile(
        release=release,
        path=written.name,
        bytes=written.bytes,
        sha256=written.sha256,
        rows=written.rows,
        storage_name=store.put(release.folder, written.path),
    )


def forget_old() -> int:
    """Remove some of the files of stopped releases that are old, each after a newer attempt; of how many."""
    newer = Release.objects.filter(dataset=OuterRef("dataset"), pk__gt=OuterRef("pk"))
    files = ReleaseFile.objects.filter(release=OuterRef("pk"))
    old = Release.objects.filter(
        Exists(newer), Exists(files), state=ReleaseState.FAILED, created_at__lt=Now() - KEPT
    )
    found = list(old.order_by("pk").only("folder")[:_FORGOTTEN_AT_ONCE])
    for release in found:
        with transaction.atomic():  # killed in here, the next sweep does it again
            release.files.all().delete()
            if release.folder is not None:
                store.clear(release.folder)
    return len(found)
