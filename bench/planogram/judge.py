"""Compare what a report says with what was done to the shelf."""

from collections import Counter
from dataclasses import dataclass, field

from bench.planogram.disturb import Expected
from flows.reports.planogram_compliance import PlanogramCompliance


@dataclass
class Tally:
    """Figures over many cases."""

    cases: int = 0
    records: int = 0
    right: int = 0
    disturbed: int = 0  # records something was done to
    noticed: int = 0  # those that are not said to be CORRECT
    named: int = 0  # those whose status is right
    within_one: int = 0  # cases whose correct faces are right, or one off
    mistakes: Counter[tuple[str, str]] = field(default_factory=Counter)


def judge(tally: Tally, answer: PlanogramCompliance, expected: Expected) -> None:
    """Add one case."""
    said = {
        record.record_id: record.status
        for record in answer.records
        if not (record.status == "NOT_IN_VIEW" and record.unnamed)  # nothing to judge
    }
    wanted = dict.fromkeys(said, "CORRECT") | expected.statuses
    off = expected.wrong + answer.unnamed_faces
    for pair in expected.either:  # neighbours that changed places: it is enough that one moved
        faces = {r.record_id: r.planned for r in answer.records}
        stayed = [one for one in pair if said.get(one) == "CORRECT"]
        if len(stayed) == 1:
            wanted[stayed[0]] = "CORRECT"
            off -= faces[stayed[0]]
    tally.cases += 1
    tally.records += len(said)
    tally.right += sum(said[one] == wanted[one] for one in said)
    disturbed = [one for one in said if wanted[one] != "CORRECT"]
    tally.disturbed += len(disturbed)
    tally.noticed += sum(said[one] != "CORRECT" for one in disturbed)
    tally.named += sum(said[one] == wanted[one] for one in disturbed)
    tally.within_one += abs(answer.planned_faces - off - answer.correct_faces) <= 1
    tally.mistakes.update((wanted[one], said[one]) for one in said if said[one] != wanted[one])
