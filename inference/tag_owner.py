"""Which product a price tag belongs to, by where they stand.

Tags hang on the edge of a shelf and speak of the products that stand on it. Only where most tags
of an edge have no product above them, and have one below, do they all speak of those below.
"""

import numpy as np

from inference.types import Flags, Floats, Ids, Ints

_RATHER = 2.0  # so many times more tags must have a product below than above
_SIDEWAYS = 2.0  # a step sideways counts so much more than one up or down
_FAR = 2.5  # product heights: what is further away is no owner
_APART = 0.15  # product widths: likewise sideways
_OFF_CENTRE = 0.1  # a step away from the middle of a product counts so much


def tag_owners(products: Floats, shelf_index: Ints, tags: Floats, tag_shelf_index: Ints) -> Ids:
    """Find the product of each tag.

    Args:
        products: (n, 4) boxes, pixels of the photo.
        shelf_index: (n,) of the products, from the top.
        tags: (t, 4) boxes.
        tag_shelf_index: (t,) the edge each tag hangs on: that under the shelf of this index.

    Returns:
        (t,) index of a product, -1 = none is near.
    """
    owners = np.full(len(tags), -1, np.int64)
    if not len(products):
        return owners
    tops = (products[:, 1] + products[:, 3])[None] < (tags[:, 1] + tags[:, 3])[:, None]
    for edge in np.unique(tag_shelf_index):
        here = np.flatnonzero(tag_shelf_index == edge)
        standing, hanging = shelf_index == edge, (shelf_index == edge) | (shelf_index == edge + 1)
        above = _nearest(products, standing & tops[here], tags[here])
        below = _nearest(products, hanging & ~tops[here], tags[here])
        rather = (below >= 0).sum() > _RATHER * (above >= 0).sum()
        owners[here] = below if rather else above
    return owners


def _nearest(products: Floats, able: Flags, tags: Floats) -> Ids:
    """(t,) the nearest of the (t, n) able products, -1 = none is near."""
    widths, heights = products[:, 2] - products[:, 0], products[:, 3] - products[:, 1]
    middle = ((tags[:, 0] + tags[:, 2]) / 2)[:, None]
    aside = np.maximum(np.maximum(products[:, 0] - middle, middle - products[:, 2]), 0) / widths
    apart = np.maximum(products[:, 1] - tags[:, 3:4], tags[:, 1:2] - products[:, 3])
    upright = np.maximum(apart, 0) / heights
    off_centre = np.abs((products[:, 0] + products[:, 2]) / 2 - middle) / widths
    cost = _SIDEWAYS * aside + upright + _OFF_CENTRE * off_centre
    cost[~able | (aside > _APART) | (upright > _FAR)] = np.inf
    best = cost.argmin(axis=1)
    return np.where(np.isfinite(cost.min(axis=1)), best, -1)
