"""Coverage and precision of the first suggestion, from decisions: arithmetic, and the rows that it counts."""

from intake.mind.curves import Case, confusions_of, curves_of, drawn, threshold_of


def _cases(right: int, wrong: int, sure: float = 0.9, unsure: float = 0.4) -> list[Case]:
    good = [Case(f"g{n}", False, "SOAPA", sure, "SOAPA") for n in range(right)]
    return good + [Case(f"b{n}", n == 0, "SOAPA", unsure, "CABIEN") for n in range(wrong)]


def test_a_curve_falls_from_the_surest_to_all() -> None:
    (curve,) = curves_of(_cases(30, 10))
    assert [(p.probability, p.coverage, p.precision) for p in curve.points] == [(0.9, 0.75, 1.0), (0.4, 1.0, 0.75)]
    assert curve.at(0.5) == curve.points[0]
    assert curve.at(0.95) is None
    assert drawn(curve) == curve.points


def test_a_promise_holds_from_where_it_was_kept() -> None:
    (curve,) = curves_of(_cases(30, 10))
    point = threshold_of(curve, 0.95)
    assert point
    assert point.probability == 0.9
    (never,) = curves_of(_cases(30, 10, sure=0.5, unsure=0.5))
    assert threshold_of(never, 0.95) is None
    assert curves_of(_cases(10, 5)) == []  # too few


def test_confusions_name_examples_that_are_not_reserved() -> None:
    (found,) = confusions_of(_cases(3, 5))
    assert (found.suggested, found.decided, found.count, found.folios) == ("SOAPA", "CABIEN", 5, ("b1", "b2", "b3"))
