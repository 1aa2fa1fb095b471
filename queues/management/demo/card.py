"""The visitor's card, demo.json: the address, who can log in, the API key. Readable by its owner only."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Card:
    """What a visitor needs. Its secrets stand nowhere else: the database holds only their hashes."""

    project: str
    base_url: str
    api_key: str = ""
    logins: list[dict[str, str]] = field(default_factory=list)

    def password_of(self, email: str) -> str:
        """The password that an earlier run gave this person, or ""."""
        return next((login["password"] for login in self.logins if login["email"] == email), "")

    def save(self, path: Path) -> None:
        """Write it so that nobody else can read it, not even for a moment."""
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(asdict(self), out, ensure_ascii=False, indent=2)
        partial.replace(path)


def read(path: Path, *, project: str, base_url: str) -> Card:
    """The card of an earlier run with the address of today, or an empty one."""
    known: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return Card(project, base_url, known.get("api_key", ""), known.get("logins", []))
