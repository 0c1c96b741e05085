"""Does a photo show a screen: the rows and columns of its pixels leave peaks in the spectrum.

A printed shelf has fine patterns too (wire, bar codes, text), but each in one place and mostly in
one direction. Screens with finer pixels than the camera leave no trace.
"""

import cv2
import numpy as np

from inference.pyramid import Pyramid
from inference.types import Flags, Floats

_SIDE = 128  # pixels of the squares whose spectra are compared
_ACROSS = 6  # at most so many by so many, spread evenly over the photo
_USED = 16  # the brightest of them; a dark one shows no pixels
_FEWEST = 12  # squares; what so few have in common says nothing
_DRIFT = 5  # bins; perspective moves the peak a little from square to square
_AROUND = 13  # bins; a peak stands out from those around it
_LOWEST = 0.28  # cycles per pixel; the patterns of goods, text and shelf edges are coarser
_HIGHEST = 0.48  # in both directions; there lies the checkerboard of the camera's colour filter


def screen_score(photo: Pyramid) -> float:
    """Measure how far the peaks that are all over the photo stand out, in both directions.

    Returns:
        Natural logarithm of the power of the peak / that around it, median of the squares, of the
        lower of the best peaks along rows and along columns; noise has about 2, because each
        square may choose among 25 bins. 0 = the photo is too small to tell.

    Source: after Muammar and Dragotti, "An investigation into aliasing in images recaptured from
    an LCD monitor using a digital camera", ICASSP 2013.
    """
    squares = photo.squares(_SIDE, _ACROSS)
    if len(squares) < _FEWEST:
        return 0.0
    brightness = squares[:, ::4, ::4].mean(axis=(1, 2))
    used = squares[np.argsort(-brightness, kind="stable")[:_USED]]
    peaks = np.stack([_peaks(square.astype(np.float32)) for square in used])
    middle = np.sort(peaks, axis=0)[len(used) // 2]  # a median, five times as fast as numpy's
    return float(min(middle[_OF_COLUMNS].max(), middle[_OF_ROWS].max()))


def _peaks(square: Floats) -> Floats:
    """(128, 65): how far the best bin near each frequency stands out from those around it."""
    spectrum = np.fft.rfft2((square - square.mean()) * _WINDOW)
    level = np.log(np.square(spectrum.real) + np.square(spectrum.imag) + 1)
    above = level - cv2.blur(level, (_AROUND, _AROUND))
    return np.asarray(cv2.dilate(above, _NEAR), np.float32)


def _directions() -> tuple[Flags, Flags]:
    """(128, 65) each: fine frequencies of columns and of rows."""
    down, across = np.meshgrid(np.fft.fftfreq(_SIDE), np.fft.rfftfreq(_SIDE), indexing="ij")
    corner = np.minimum(np.abs(down), across) > _HIGHEST
    fine = (np.hypot(down, across) > _LOWEST) & ~corner
    return fine & (across >= np.abs(down)), fine & (across <= np.abs(down))


_WINDOW = np.outer(np.hanning(_SIDE), np.hanning(_SIDE)).astype(np.float32)
_NEAR = np.ones((_DRIFT, _DRIFT), np.uint8)
_OF_COLUMNS, _OF_ROWS = _directions()
