"""What an action refused, said on the form that was sent."""

from django import forms

from queues.errors import Invalid, ReviewappError


def put_beside(form: forms.Form, refusal: ReviewappError) -> None:
    """Faults beside their fields; a refusal without faults above the form."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    if not faults:
        form.add_error(None, str(refusal))
    for fault in faults:
        field = fault.pointer.split("/")[1]  # of a list the whole field, whichever of its words it is
        form.add_error(field if field in form.fields else None, fault.detail)
