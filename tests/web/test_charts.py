"""Where things stand in a chart."""

from hypothesis import given
from hypothesis import strategies as st

from queues.web.charts import Point, percent_ticks, plot, spread, top_of


def point(x: float, value: float | None) -> Point:
    return Point(x, value, None if value is None else value / 2, None if value is None else value, "p")


def test_a_gap_parts_the_line_and_a_lone_point_has_no_band() -> None:
    points = [point(0, 0.1), point(1, 0.2), point(2, None), point(3, 0.2)]

    found = plot(points, x_range=(0, 3), x_ticks=[], top=0.2, width=300, height=100)

    assert found.lines == ["0.0,50.0 100.0,0.0", "300.0,0.0"]
    assert found.bands == ["0.0,50.0 100.0,0.0 100.0,50.0 0.0,75.0"]
    assert len(found.marks) == 3


@given(st.lists(st.tuples(st.floats(0, 9), st.one_of(st.none(), st.floats(0, 1))), max_size=20))
def test_everything_stands_within_the_chart(rows: list[tuple[float, float | None]]) -> None:
    top = top_of([value for _x, value in rows])

    found = plot([point(x, value) for x, value in rows], x_range=(0, 9), x_ticks=[], top=top)

    for mark in found.marks:
        assert 0 <= mark.x <= found.width
        assert 0 <= mark.top <= mark.y <= mark.bottom <= found.height


def test_ticks_are_few_and_the_top_is_round() -> None:
    assert len(spread([str(n) for n in range(90)])) <= 8
    assert spread([]) == []
    assert top_of([0.03, None]) == 0.04
    assert top_of([]) == 1.0
    assert [label for _at, label in percent_ticks(0.05)] == ["0%", "1.25%", "2.5%", "3.75%", "5%"]
