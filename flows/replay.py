"""Make a report revision again from the objects its lineage names, and compare it byte for byte."""

from dataclasses import dataclass
from importlib.metadata import version
from itertools import takewhile

from flows import reports
from flows.inputs import load_again
from storage import lineage
from storage import reports as stored
from storage.errors import StorageError
from storage.objects import ObjectStore
from storage.records import Records
from storage.reports import Report

_AROUND = 30  # characters shown of both where they differ


class NoReplay(StorageError):
    """The revision cannot be made again."""


@dataclass(frozen=True)
class Replayed:
    """The report as it was stored and as it comes out now."""

    report: Report
    made_by: str  # version of Gondola that stored it
    body: bytes

    @property
    def same(self) -> bool:
        """Whether both are the same bytes."""
        return self.body == self.report.body

    @property
    def sentence(self) -> str:
        """The finding, for people."""
        one = f"{self.report.report_type} {self.report.id}, revision {self.report.revision}"
        if self.same:
            return f"{one}: the same {len(self.body):,} bytes."
        then, now = (self.report.body or b"").decode(), self.body.decode()
        at = first_difference(then, now)
        old, new = (text[max(0, at - _AROUND) : at + _AROUND] for text in (then, now))
        return (
            f"{one}: differs from character {at} on. Stored by Gondola {self.made_by}: ...{old}... "
            f"Now, by {version('gondola')}: ...{new}..."
        )


def first_difference(one: str, other: str) -> int:
    """Count the characters at the beginning that are the same in both."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def replay(
    records: Records, objects: ObjectStore, report_id: int, revision: int | None = None
) -> Replayed:
    """Make the revision again; without a number the current one.

    Raises:
        NotFound: there is no such report or revision.
        NoReplay: it is not READY, is older than lineage or than the frames its type is made from
            now, or its type is not there any more.
        ObjectMissing: something it was made from was removed.
    """
    with records.reading() as tx:
        report = stored.get(tx, report_id, revision=revision)
        made_from = lineage.of_revision(tx, report_id, report.revision)
    report = stored.with_body(report, objects)
    if report.status != stored.READY:
        raise NoReplay(f"Report {report_id} is {report.status}: there is nothing to compare.")
    if made_from is None:
        sentence = "was made before reports kept what they were made from: ask for a new revision"
        raise NoReplay(f"Report {report_id} {sentence} with POST /reports/force_update/.")
    if reports.canonical(report.report_type) is None:
        raise NoReplay(f"There is no report type {report.report_type} any more.")
    report_type = reports.by_name(report.report_type)
    if not report_type.may_lack(set(report_type.inputs) - made_from.inputs.keys()):
        raise NoReplay(
            f"Report {report_id} was made by Gondola {made_from.program} from other frames: "
            "ask for a new revision with POST /reports/force_update/."
        )
    body = report_type.render(load_again(objects, made_from.inputs))
    return Replayed(report, made_from.program, body)
