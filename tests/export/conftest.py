"""What every test of releases needs: a storage of its own."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from queues.export.files import store


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of this test alone."""
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))
    return tmp_path
