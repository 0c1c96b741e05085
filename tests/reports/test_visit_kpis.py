"""KPIs of a visit, put together from its scenes' reports."""

from flows.reports.visit_kpis import Kpi, visit_kpis


def osa(present: int, expected: int) -> tuple[str, dict[str, int]]:
    """An OSA report in short."""
    return "OSA", {"present": present, "expected": expected}


def test_scenes_weigh_by_what_they_expect():
    """One of one and one of nine are two of ten, not the mean of the ratios."""
    assert [Kpi(1, "OSA", 0.2)] == visit_kpis([osa(1, 1), osa(1, 9)])


def test_each_kpi_has_its_report():
    """Records met, faces in place of those that are in view and known; in the order of KPIS."""
    bodies = [
        ("PLANOGRAM_COMPLIANCE", {"correct_faces": 3, "in_view_faces": 8, "unnamed_faces": 2}),
        ("MHL_COMPLIANCE", {"records": [{"compliant": True}, {"compliant": False}]}),
        ("FACING_COUNT", {}),
    ]

    assert [
        Kpi(2, "MHL_COMPLIANCE", 0.5),
        Kpi(3, "PLANOGRAM_COMPLIANCE", 0.5),
    ] == visit_kpis(bodies)


def test_nothing_to_divide_by_is_null():
    """An empty list has no ratio; without a report there is no KPI."""
    assert [Kpi(1, "OSA", None)] == visit_kpis([osa(0, 0)])
    assert [] == visit_kpis([])


def test_the_order_of_reports_does_not_matter():
    """The same counts in any order."""
    assert visit_kpis([osa(1, 3), osa(2, 5)]) == visit_kpis([osa(2, 5), osa(1, 3)])
