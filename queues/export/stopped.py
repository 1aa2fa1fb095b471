"""What a release that was stopped leaves behind: the file of the rows in which its guards found something.

Nothing else of it leaves the worker. The file holds ids and codes, no text.
"""

from queues.export.files import store
from queues.export.files.contents import FINDINGS_FILE, Contents
from queues.models import Release, ReleaseFile


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
