"""What to do so that the shelf becomes the planogram."""

from tests.reports.planogram.drawn import compare, photo, plan, seen


def test_actions_come_by_the_faces_they_gain():
    """Replace, move, add and remove, with where from and where to."""
    planogram = plan("AAABBCCDDD", "EEEEFGGHHH")

    answer = compare(planogram, seen("AAABBCCXXX", "EEEE.GGHHHYF"), photo(12, 2))

    assert [("REPLACE", 4, 3), ("MOVE", 6, 1), ("REMOVE", 25, 0)] == [
        (action.action, action.sku_id, action.faces_gained) for action in answer.actions
    ]
    replace, move, remove = answer.actions
    assert (24, 3, 3) == (
        replace.source and replace.source.sku_id,
        replace.target and replace.target.record_id,
        len(replace.source.boxes) if replace.source else 0,
    )
    assert (5, None) == (move.target and move.target.record_id, remove.target)
    assert [1100, 1000] == [action.source.boxes[0].x1 for action in (move, remove) if action.source]
