"""The keys of the review screen and of the menu: which action has which, and what a person may change.

Every action has a key of its own from a closed list. A person may give it another one of that list, or
switch single keys off altogether (WCAG 2.1.4). Only what differs from the usual keys is stored.
"""

import string
from collections.abc import Mapping

# Action → its usual key, in the order in which people read them.
USUAL: Mapping[str, str] = {
    "approve": "a",
    "correct": "c",
    "reject": "r",
    "escalate": "e",
    "skip": "s",
    "undo": "z",
    "next_question": "j",
    "previous_question": "k",
    "unsure": "u",
    "none_of_them": "n",
    "raw": "v",
    "invisible": "i",
    "mark": "h",
    "veil": "x",
    "lease_again": "l",
    "close_told": "t",
    "menu": "m",
}
# Letters only: digits answer questions, and everything else belongs to browsers and screen readers.
KEYS = tuple(string.ascii_lowercase)


def keys_of(changed: Mapping[str, str]) -> dict[str, str]:
    """Every action with its key, for somebody who has changed these."""
    known = {action: key for action, key in changed.items() if action in USUAL and key in KEYS}
    taken = set(known.values())
    # An action that came later does not take a key that somebody has given to another one.
    return {action: known.get(action, "" if key in taken else key) for action, key in USUAL.items()}


def changes_of(keys: Mapping[str, str]) -> dict[str, str]:
    """What of these keys differs from the usual ones: what is stored."""
    return {action: key for action, key in keys.items() if key and USUAL[action] != key}


def clashes(keys: Mapping[str, str]) -> dict[str, str]:
    """Action → the earlier action that has the same key already."""
    first: dict[str, str] = {}
    found = {}
    for action in USUAL:
        if keys.get(action):
            earlier = first.setdefault(keys[action], action)
            if earlier != action:
                found[action] = earlier
    return found
