"""Addresses of static files hold the hash of what they hold, and are worked out once."""

from pathlib import Path

import pytest

from reviewapp.static_files import HashedFiles


@pytest.fixture
def files(tmp_path: Path) -> HashedFiles:
    (tmp_path / "staticfiles.json").write_text(
        '{"version": "1.1", "hash": "", "paths": {"css/base.css": "css/base.0123456789ab.css"}}'
    )
    return HashedFiles(location=tmp_path, base_url="/static/")


def test_an_address_is_that_of_the_manifest_each_time(files: HashedFiles) -> None:
    expected = "/static/css/base.0123456789ab.css"

    assert [files.url("css/base.css") for _time in range(2)] == [expected, expected]


def test_a_file_that_was_not_collected_is_an_error_each_time(files: HashedFiles) -> None:
    for _time in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            files.url("css/missing.css")
