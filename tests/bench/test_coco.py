"""Detections are matched with labels, and averaged, as COCO does."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from bench.accuracy.coco import Judged, curve, judge
from bench.accuracy.photos import PRODUCT
from tests.bench.boxes import found, shelf

TWO = "0 0 100 100 \n 200 0 300 100"


def judged(truth: str, findings: str) -> Judged:
    """One photo."""
    return judge([shelf(truth)], [found(findings)], PRODUCT)[0]


def ap50(truth: str, findings: str) -> float:
    """Of one photo."""
    return float(curve([judged(truth, findings)]).precision[0].mean())


def test_perfect_boxes_score_one():
    """The labelled boxes themselves have AP 1 at every IoU and full recall."""
    measured = curve([judged(TWO, "0 0 100 100 .9 \n 200 0 300 100 .8")])

    assert 1.0 == pytest.approx(measured.precision.mean())
    assert [1.0] * 10 == measured.recall.tolist()


def test_without_detections_everything_is_missed():
    """No detection: AP 0, recall 0, and the labelled boxes are still counted."""
    one = judged(TWO, "")

    assert (0.0, 0.0, 2) == (ap50(TWO, ""), curve([one]).recall[0], one.positives)


def test_without_labels_there_is_nothing_to_measure():
    """Photos without a labelled box have no AP, whatever was found."""
    assert np.isnan(ap50("", "0 0 50 50 .9"))


def test_precision_is_read_off_at_each_recall():
    """Hit, false alarm, hit: precision 1 up to recall .5, two thirds up to 1."""
    expected = (51 * 1 + 50 * 2 / 3) / 101

    assert expected == pytest.approx(
        ap50(TWO, "0 0 100 100 .9 \n 500 500 600 600 .8 \n 200 0 300 100 .7")
    )


def test_a_box_is_hit_once():
    """The better score takes the box; a second detection of it is a false alarm."""
    one = judged("0 0 100 100", "0 0 100 90 .7 \n 0 0 100 95 .9")

    assert [True, False] == one.hits[0].tolist()
    assert [1, 0] == one.found.tolist()
    assert [0, -1] == one.truth.tolist()
    assert not one.ignored.any()


def test_half_overlap_decides():
    """An IoU of .60 is a hit at .50 to .60, not at .65."""
    assert [True] * 3 + [False] * 7 == judged("0 0 100 100", "0 0 100 60 .9").hits[:, 0].tolist()


def test_ignored_regions_count_neither_way():
    """Most of a box in a region: no false alarm, however many; the region is nothing to miss."""
    region = "500 500 700 700 ignored \n 0 0 100 100"
    one = judged(region, "510 510 560 560 .9 \n 600 480 650 540 .8 \n 0 0 100 100 .7")

    assert [True, True, False] == one.ignored[0].tolist()
    assert [False, False, True] == one.hits[0].tolist()
    assert (1, [1]) == (one.positives, one.truth[one.hits[0]].tolist())
    assert 1.0 == pytest.approx(curve([one]).precision[0].mean())


def test_a_box_mostly_outside_a_region_is_a_false_alarm():
    """Less than half of it in the region does not excuse a detection."""
    one = judged("500 500 700 700 ignored", "400 500 560 600 .9")

    assert (False, False) == (one.ignored[0, 0], one.hits[0, 0])


def test_a_labelled_box_in_a_region_may_be_hit():
    """A label wins over the region around it."""
    one = judged("0 0 300 300 ignored \n 100 100 200 200", "100 100 200 200 .9")

    assert ([True], [1]) == (one.hits[0].tolist(), one.truth.tolist())


def test_a_higher_score_leaves_boxes_out():
    """What lies under the shipped score is as if it had not been found."""
    one = judged(TWO, "0 0 100 100 .9 \n 200 0 300 100 .4").above(0.5)

    assert ([[0], 2]) == [one.truth.tolist(), one.positives]


@pytest.mark.parametrize("seed", range(3))
def test_averages_are_those_of_the_coco_tools(seed: int):
    """Precision, recall and scores of many photos equal what COCOeval accumulates."""
    rng = np.random.default_rng(seed)
    truths, findings = zip(*(_random_photo(rng) for _ in range(8)), strict=True)

    ours = curve(judge(truths, findings, PRODUCT))
    theirs = _accumulated(truths, findings)

    assert theirs["precision"][:, :, 0, 0, 0] == pytest.approx(ours.precision)
    assert theirs["recall"][:, 0, 0, 0] == pytest.approx(ours.recall)
    assert theirs["scores"][0, :, 0, 0, 0] == pytest.approx(ours.scores)


def _random_photo(rng: np.random.Generator):
    corners = rng.uniform(0, 600, (20, 2))
    boxes = np.hstack([corners, corners + rng.uniform(30, 150, (20, 2))])
    rows = [" ".join(map(str, box)) + (" ignored" if i < 4 else "") for i, box in enumerate(boxes)]
    near = np.vstack([boxes + rng.normal(0, 8, boxes.shape), rng.permuted(boxes, axis=0)])
    near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 5)
    scores = rng.permutation(np.linspace(0.06, 0.99, len(near)))
    scored = [" ".join(map(str, [*box, score])) for box, score in zip(near, scores, strict=True)]
    return shelf("\n".join(rows)), found("\n".join(scored))


def _accumulated(truths, findings):
    """Ask the COCO tools for everything."""
    expected, results = COCO(), COCO()
    for index, photos in ((expected, truths), (results, findings)):
        index.dataset = {
            "info": {},
            "images": [{"id": photo} for photo in range(len(photos))],
            "categories": [{"id": PRODUCT}],
            "annotations": _annotations(photos),
        }
    with contextlib.redirect_stdout(io.StringIO()):
        expected.createIndex()
        results.createIndex()
        evaluation = COCOeval(expected, results, "bbox")
        evaluation.params.maxDets = [1000]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation.eval


def _annotations(photos):
    entries = []
    for number, photo in enumerate(photos):
        for i, (x1, y1, x2, y2) in enumerate(photo.boxes.astype(float)):
            entry = {"id": len(entries) + 1, "image_id": number, "category_id": PRODUCT}
            entry |= {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
            entry["iscrowd"] = int(getattr(photo, "ignored", np.zeros(999))[i])
            entry["score"] = float(getattr(photo, "scores", np.zeros(999))[i])
            entries.append(entry)
    return entries
