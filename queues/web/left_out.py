"""The words for why a verdict gives no record."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Code → why, for a person; a code without words is shown as it is.
LEFT_OUT: dict[str, Promise] = {
    "consent.denied": _("Consent was denied."),
    "consent.withdrawn": _("Consent was withdrawn."),
    "consent.scope": _("The consent does not cover this use."),
    "content.empty": _("A message of the conversation is empty."),
    "decision.rejected": _("The output was rejected, and nobody wrote a better one."),
    "item.compared": _("Two outputs were compared: that one is better does not make it right."),
    "item.withdrawn": _("The item was withdrawn."),
    "messages.no_user": _("No message of a user is in the conversation."),
    "messages.role_invalid": _("A role in the conversation is unknown to the format."),
    "output.not_text": _("The output holds more than text, such as a tool call."),
    "pair.identical": _("The correction is the same text as the output."),
    "pair.identical_whitespace": _("The correction differs from the output in white space only."),
    "pair.no_correction": _("There is no correction, so there is no pair."),
    "payload.erased": _("The texts were erased."),
    "prompt.empty": _("The prompt is empty."),
    "prompt.last_is_assistant": _("The conversation ends with the assistant."),
    "prompt.not_text": _("The conversation holds more than text, such as an image."),
    "prompt.reasoning": _("The conversation holds reasoning of the model."),
    "prompt.tool_call": _("The conversation holds a tool call."),
    "prompt.tools": _("The model was offered tools."),
    "rejected.empty": _("The output is empty."),
    "safety.never_exported": _("It was flagged in a category that never leaves."),
    "target.missing": _("The answer is empty."),
}
