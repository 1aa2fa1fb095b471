"""What stands beside a question: when it is asked, how much may be chosen, between which limits."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.models import Decision
from queues.review.form import Form
from queues.review.question import Question
from queues.review.questions.multiple_choice import MultipleChoice
from queues.review.questions.number import Number, shown


def condition(form: Form, question: Question) -> str:
    """When the question is asked, as a sentence."""
    when = question.asked_when
    if when is None:
        return ""
    if when.decision is not None:
        names = ", ".join(str(Decision(one).label) for one in when.decision)
        return _("Only with the decision: %(decisions)s") % {"decisions": names}
    before = form.question(when.question or "")
    words = before.words() if before else {}
    names = ", ".join(words.get(str(one), str(one)) for one in when.any_of or ())
    label = before.label if before else when.question
    return _("Only where “%(question)s” is answered with: %(answers)s") % {
        "question": label,
        "answers": names,
    }


def how_many(question: Question) -> str:
    """How many options may be chosen; "" where that goes without saying."""
    if not isinstance(question, MultipleChoice) or (question.min_chosen < 2 and question.max_chosen is None):
        return ""
    least, most = question.min_chosen, question.most
    if least == most:
        return ngettext("Choose %(n)d.", "Choose %(n)d.", least) % {"n": least}
    if least < 2:
        return ngettext("Choose at most %(n)d.", "Choose at most %(n)d.", most) % {"n": most}
    return _("Choose %(least)d to %(most)d.") % {"least": least, "most": most}


def limits(question: Question) -> str:
    """Between which numbers the answer lies; "" without limits."""
    if not isinstance(question, Number):
        return ""
    low, high = (None if one is None else shown(one) for one in (question.minimum, question.maximum))
    if low is None and high is None:
        return ""
    if high is None:
        return _("%(low)s or more") % {"low": low}
    if low is None:
        return _("%(high)s or less") % {"high": high}
    return _("%(low)s to %(high)s") % {"low": low, "high": high}
