"""What full-text search looks through."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchDocument(models.Model):
    """The words of one prediction: what was asked and what was answered, stemmed in its language.

    Beside the words stand lexemes with a colon, which no text can hold: the project with a range of
    ids, in several widths, and the language. They keep one project's search out of another's rows.
    """

    prediction = models.OneToOneField("queues.Prediction", primary_key=True, on_delete=models.PROTECT)
    words = SearchVectorField()

    class Meta:
        default_permissions = ()
        indexes = [
            # New documents go in by the thousand; a search reads those that wait too, so they are few.
            GinIndex(fields=["words"], gin_pending_list_limit=1024, name="searchdocument_words"),
        ]
