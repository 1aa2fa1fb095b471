"""Agreement and figures of people at 4,000 shared items of 36 people: the processor time of each page.

Processor time, as other work on the machine does not change it: of this process, which answers as a web
process does, and of the database's. Then the figures alone, which read the newest 1,000 shared items.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import psutil
from django.db import connection

from tests.benchmarks import report
from tests.benchmarks.stack import database_alone

if TYPE_CHECKING:
    from tests.benchmarks.seed import House

ITEMS, PEOPLE, NEWEST = 4_000, 36, 1_000
OWNER = "owner@example.org"
TONES = ("fine", "flat", "rude", "odd")
WORDS = (
    "the", "refund", "takes", "five", "business", "days", "after", "your", "parcel", "has", "reached",
    "our", "store", "in", "Hamburg",
)  # fmt: skip
PAGES = {
    "agreement by question": "agreement/",
    "agreement by week": "agreement/groups/?question=quality",
    "agreement by model version": "agreement/groups/?by=model",
    "agreement by cohort": "agreement/groups/?by=cohort",
    "agreement by guideline": "agreement/versions/?question=tone",
    "items behind a figure": "agreement/items/?question=tone&differing=yes",
    "agreement on texts": "agreement/texts/",
    "agreement between people": "agreement/people/?question=quality",
    "figures of people": "people/figures/",
    "overrides": "overrides/",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    parser.add_argument("--items", type=int, default=ITEMS)
    options = parser.parse_args()
    how_many, people, times = (60, 6, 1) if options.smoke else (options.items, PEOPLE, 15)
    with database_alone() as database:
        from tests.benchmarks import seed  # noqa: PLC0415 - Django is up only now

        home = seed.house(people)
        _fill(home, how_many)
        database.execute("VACUUM ANALYZE")
        measure_pages(home, times, f"{how_many:,} shared items, {people} people")
    measure_figures(min(how_many, NEWEST), people, times)


def _fill(home: "House", how_many: int) -> None:
    """Items with 2 or 3 reviews, each right with 8 of 10; all outputs scored, a measure calibrated."""
    from accounts.actor import Actor  # noqa: PLC0415 - Django is up only now
    from accounts.models import Person  # noqa: PLC0415
    from queues.agree import units  # noqa: PLC0415
    from queues.models import Calibration, Item, Queue, Scores  # noqa: PLC0415
    from queues.review import form_versions  # noqa: PLC0415
    from tests.benchmarks.agreement import FORM  # noqa: PLC0415 - it loads numpy, which our settings precede
    from tests.factories.shared import Given, Shared, shared  # noqa: PLC0415

    queue, draw = Queue.objects.get(pk=home.queue_id), random.Random(1)
    owner = Person.objects.get(email=OWNER)
    form_versions.new_version(queue, document=FORM, by=Actor(owner.pk), reason="For the benchmark")
    queue.refresh_from_db()
    people = list(Person.objects.filter(email__in=home.emails))
    drawn = []
    for quality, said in truths(draw, how_many, 5):
        given = [
            Given(
                person,
                "approve" if one > 3 else "reject" if one > 1 else "correct",
                {"tone": TONES[min(one - 1, 3)], "quality": one},
                corrected_text=_text(draw),
                seconds=draw.uniform(5, 90),
                reasons=() if one > 3 else ("factual",),
            )
            for person, one in zip(draw.sample(people, len(said)), said, strict=True)
        ]
        cohort = {"plan": draw.choice(["free", "gold"]), "is_new": quality > 3}
        version, locale = f"prod-{draw.randrange(5)}", draw.choice(["de", "en"])
        drawn.append(Shared(given, model_version=version, locale=locale, cohort=cohort, output=_text(draw)))
    ids = shared(queue, drawn)
    sum(iter(units.fold, 0))
    predictions = Item.objects.filter(pk__in=ids).values_list("prediction_id", "prediction__model_version")
    Scores.objects.bulk_create(
        Scores(prediction_id=id_, project_id=home.project_id, model_version=version,
               values={"mean_nll": draw.uniform(-2, 2)})
        for id_, version in predictions
    )  # fmt: skip
    Calibration.objects.bulk_create(
        Calibration(project_id=home.project_id, model_version=f"prod-{n}", measure="mean_nll", method="platt",
                    parameters={"intercept": 0.0, "slope": 1.0}, n_labels=100, n_errors=40, brier_new=0.2,
                    because="first", is_current=True)
        for n in range(5)
    )  # fmt: skip


def _text(draw: random.Random) -> str:
    """Some 300 characters, as long as an answer of a support desk."""
    return " ".join(draw.choices(WORDS, k=50))


def truths(draw: random.Random, how_many: int, values: int) -> Iterator[tuple[int, Sequence[int]]]:
    """What is true of an item, from 1, and what 2 or 3 people say: 8 of 10 of them that, the others any."""
    for n in range(how_many):
        true = draw.randint(1, values)
        yield true, [true if draw.random() < 0.8 else draw.randint(1, values) for _ in range(2 + n % 2)]


def measure_pages(home: "House", times: int, size: str) -> None:
    from django.test import Client  # noqa: PLC0415 - Django is up only now

    from accounts.models import Person  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Person.objects.get(email=OWNER))
    annotator = Person.objects.get(email=home.emails[0])
    gc.collect()
    gc.freeze()  # as the web process does
    pages = PAGES | {"figures of one person": f"people/{annotator.pk}/figures"}
    for name, tail in pages.items():
        path = f"/projects/{home.slug}/{tail}"
        report.checked(f"{name} answers", client.get(path).status_code, 200)
        web, database = _busy(lambda: client.get(path), times)  # noqa: B023 - called at once
        report.figure(
            f"{name}, processor time",
            web,
            "ms",
            target=150,
            size=size,
            more={"load": round(psutil.getloadavg()[0], 1), "database_ms": round(database, 1)},
        )


def _busy(do: Callable[[], object], times: int) -> tuple[float, float]:
    """Milliseconds of processor time, the middle one of so many: of this process; and the database's mean."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = psutil.Process(cursor.fetchone()[0])
    waits, before = [], sum(server.cpu_times()[:2])
    for _turn in range(times):
        began = time.process_time()
        do()
        waits.append(1_000 * (time.process_time() - began))
    database = 1_000 * (sum(server.cpu_times()[:2]) - before) / times
    return report.share_below(waits, 0.5), database


def measure_figures(how_many: int, people: int, times: int) -> None:
    """What the pages compute, without the database and the page."""
    from tests.benchmarks.drawn_answers import drawn  # noqa: PLC0415 - its registry must find Django up

    for values, level in ((3, "nominal"), (5, "ordinal"), (101, "interval")):
        found = drawn(truths(random.Random(2), how_many, values), people=people, values=values, level=level)
        figures = {
            "each person against the rest, and all without them": found.each_person,
            "200 pairs of people with their alpha": found.pairs_of_people,
        }
        figures |= {"Dawid and Skene": found.suggestion} if values < 10 else {}
        for name, do in figures.items():
            size = f"{how_many:,} items, {people} people, {values} values, {level}"
            report.figure(name, _own(do, times), "ms", size=size)


def _own(do: Callable[[], object], times: int) -> float:
    spent = []
    for _turn in range(times):
        began = time.process_time()
        do()
        spent.append(1_000 * (time.process_time() - began))
    return report.share_below(spent, 0.5)


if __name__ == "__main__":
    main()
