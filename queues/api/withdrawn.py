"""What the answer with a file says of rows of its release that were withdrawn since it was published.

Source of the relations: RFC 5829 (latest-version) and POWDER (describedby), in a Link of RFC 8288.
"""

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter

from queues.export.recalls import queries as recalls
from queues.models import Dataset, Release, ReleaseFile, ReleaseState

HEADER = "Reviewapp-Withdrawn-Rows"
_ROWS = "How many rows of the release were withdrawn since; absent for none."
_LINKS = (
    "Only beside withdrawn rows. `describedby`: the list of them; `latest-version`: the same file of the"
    " current release, where that has none."
)
DESCRIBED = [
    OpenApiParameter(HEADER, int, OpenApiParameter.HEADER, response=[200, 206], description=_ROWS),
    OpenApiParameter("Link", str, OpenApiParameter.HEADER, response=[200, 206], description=_LINKS),
]


def headers_of(file: ReleaseFile, dataset: Dataset) -> dict[str, str]:
    """How many rows, where the list of them is, and the file without them; empty where none was withdrawn."""
    old = file.release
    current = Release.objects.filter(dataset=dataset, state=ReleaseState.PUBLISHED).defer("manifest").first()
    counts = recalls.counts_of(dataset.project_id, [old, current] if current else [old])
    if old.pk not in counts:
        return {}
    place = [dataset.project.slug, dataset.name]
    links = [f'<{reverse("api:release-recalls", args=[*place, old.version])}>; rel="describedby"']
    if current and current.pk not in counts and current.files.filter(path=file.path).exists():
        newest = reverse("api:release-file", args=[*place, current.version, file.path])
        links.append(f'<{newest}>; rel="latest-version"')
    return {HEADER: str(counts[old.pk]), "Link": ", ".join(links)}
