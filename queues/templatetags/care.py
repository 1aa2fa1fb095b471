"""Severe content stays hidden on a page until its reader asks for it.

    {% veiled item.prediction_id item.other_id %}…{% endveiled %}

`veiled` of the context says which predictions are meant: `queues.review.care.veiled_for`. A view that gives
none hides nothing.
"""

from django import template
from django.template import Context
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from queues.templatetags.face import icon

register = template.Library()


class Veiled(template.Node):
    """What stands inside, in a <details> that is closed where one of the predictions is severe."""

    def __init__(self, ids: list[FilterExpression], inside: NodeList) -> None:
        self.ids, self.inside = ids, inside

    def render(self, context: Context) -> SafeString:
        shown = mark_safe(self.inside.render(context))  # noqa: S308 - rendered and escaped by the template
        hidden = context.get("veiled") or ()
        if not any(expression.resolve(context) in hidden for expression in self.ids):
            return shown
        said = _("Hidden: a filter found severe content. Show it")
        return format_html(
            '<details class="veiled"><summary>{}{}</summary>{}</details>', icon("eye"), said, shown
        )


@register.tag
def veiled(parser: Parser, token: Token) -> Veiled:
    """Takes the ids of the predictions whose texts stand inside."""
    ids = [parser.compile_filter(part) for part in token.split_contents()[1:]]
    inside = parser.parse(("endveiled",))
    parser.delete_first_token()
    return Veiled(ids, inside)
