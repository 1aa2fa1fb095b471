"""What was found, as a sentence: the first broken place and what is wrong there."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from accounts.models import BreakKind

Evidence = Mapping[str, int | str | None]


def sentence(kind: str, seq: int | None, evidence: Evidence) -> str:
    """The break that a verification found; "" when there is none."""
    if not kind:
        return ""
    return _SENTENCES[BreakKind(kind)](seq, evidence)


def _changed(seq: int | None, evidence: Evidence) -> str:
    named = {"place": seq, "event": evidence.get("event")}
    if evidence.get("what") == "seal":
        return _("Place %(place)s: the seal of event %(event)s was changed; the event itself fits.") % named
    return _("Place %(place)s: event %(event)s was changed after it was sealed.") % named


def _missing(seq: int | None, evidence: Evidence) -> str:
    if evidence.get("what") == "event":
        return _("Place %(place)s: event %(event)s is missing.") % {
            "place": seq,
            "event": evidence.get("event"),
        }
    return _("Places %(place)s to %(until)s are missing: their seals were removed.") % {
        "place": seq,
        "until": evidence.get("until"),
    }


def _swapped(seq: int | None, evidence: Evidence) -> str:
    return _("Place %(place)s: event %(event)s was swapped with event %(other)s of place %(with)s.") % {
        "place": seq,
        "event": evidence.get("event"),
        "other": evidence.get("with_event"),
        "with": evidence.get("with"),
    }


def _inserted(seq: int | None, evidence: Evidence) -> str:
    named = {"place": seq, "event": evidence.get("event")}
    if evidence.get("what") != "unsealed":
        return _("Place %(place)s: event %(event)s was inserted between sealed ones.") % named
    if seq is None:
        return _("Event %(event)s was inserted: it looks sealed and has no place.") % named
    return (
        _("Before place %(place)s: event %(event)s was inserted; it looks sealed and has no place.") % named
    )


def _cut(seq: int | None, evidence: Evidence) -> str:
    return _(
        "The end was cut: the chain ends before place %(place)s of the head %(head)s, noted outside."
    ) % {
        "head": evidence.get("head"),
        "place": seq,
    }


def _rewritten(seq: int | None, evidence: Evidence) -> str:
    return _(
        "The chain was written anew: it fits itself, but not the head %(head)s that was noted outside. "
        "Something between place %(first)s and place %(place)s was changed."
    ) % {"head": evidence.get("head"), "first": int(evidence.get("fits_up_to") or 0) + 1, "place": seq}


_SENTENCES: Mapping[BreakKind, Callable[[int | None, Evidence], str]] = {
    BreakKind.CHANGED: _changed,
    BreakKind.MISSING: _missing,
    BreakKind.SWAPPED: _swapped,
    BreakKind.INSERTED: _inserted,
    BreakKind.CUT: _cut,
    BreakKind.REWRITTEN: _rewritten,
}
