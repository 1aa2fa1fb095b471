"""A bucket whose files are read from any byte on, as they come; else all of one would be fetched first."""

from typing import Any

from storages.backends.s3 import S3Storage
from storages.utils import clean_name


class Bucket(S3Storage):
    def open_at(self, name: str, start: int) -> Any:
        """What a file has from this byte on, as a stream that must be closed.

        Raises botocore's ClientError when there is no such file.
        """
        found = self.bucket.Object(self._normalize_name(clean_name(name)))
        return found.get(**({"Range": f"bytes={start}-"} if start else {}))["Body"]
