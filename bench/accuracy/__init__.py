"""How good the detector is on the labelled photos of `tests/data/shelves`.

Every photo is judged by a detector that never saw its scene: `folds` picks it, `judging` looks
with it, `coco` matches what it found with the labels, `standing` tells the true shelves,
`figures` counts, `speed` times, `report` and `sheet` show it.
"""
