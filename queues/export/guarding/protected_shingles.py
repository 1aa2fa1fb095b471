"""The shingles of the texts that may not leave, and which of these texts a row is near to. Numbers only."""

from array import array
from collections.abc import Sequence
from itertools import repeat

from queues.export.guarding.near_texts import NearTexts, Sets
from queues.export.guarding.number_sets import sets_of, sets_of_rows, words_of

Text = tuple[str, Sequence[str]]  # a prompt and its answers
Row = tuple[str, str]  # prompt and answer
Wanted = Sequence[bool] | None  # of which rows; None: of all
Places = list[int | None]  # of the first text that each row is near to


class ProtectedShingles:
    """Of prompts, and of each prompt with each of its answers. Texts are named by their place."""

    def __init__(self) -> None:
        self._prompts, self._wholes = Sets(), Sets()
        self._whole_of = array("i")  # place of a whole → place of its text
        self._length = 0
        self._near_prompts = self._near_wholes = NearTexts(Sets())

    def add(self, texts: Sequence[Text]) -> None:
        """Some more texts."""
        self._prompts.add(sets_of([prompt for prompt, _answers in texts]))
        both = [text for prompt, answers in texts for answer in answers for text in (prompt, answer)]
        self._wholes.add(words_of(both).in_pairs().shingles())
        for _prompt, answers in texts:
            self._whole_of.extend(repeat(self._length, len(answers)))
            self._length += 1

    def ready(self) -> None:
        """These were all."""
        self._near_prompts, self._near_wholes = NearTexts(self._prompts), NearTexts(self._wholes)

    def near_each(self, rows: Sequence[Row], wanted: Wanted = None) -> Places:
        """By their prompts, else with their answers; None also of those not wanted."""
        prompts, _answers, wholes = sets_of_rows(tuple(rows))
        by_prompt = self._near_prompts.near_each(prompts, wanted)
        by_whole = self._near_wholes.near_each(wholes, wanted)
        return [
            self._whole_of[whole] if place is None and whole is not None else place
            for place, whole in zip(by_prompt, by_whole, strict=True)
        ]
