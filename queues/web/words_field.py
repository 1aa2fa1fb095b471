"""A few short words in one line, with commas between them."""

from typing import Any

from django import forms

LONGEST = 900


class WordsField(forms.CharField):
    """Words between commas or spaces, as a list; each in small letters, and once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, widget=forms.TextInput(attrs={"spellcheck": "false"}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).replace(",", " ").lower().split()
        return list(dict.fromkeys(words))
