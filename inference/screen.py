"""Does a photo show a screen: the grid of its pixels leaves peaks in the spectrum.

A printed shelf has fine patterns too (wire, bar codes, text), but each in one place, not the same
one all over the photo. Screens with finer pixels than the camera leave no trace.
"""

import cv2
import numpy as np

from inference.pyramid import Pyramid
from inference.types import Flags, Floats

_SIDE = 128  # pixels of the squares whose spectra are compared
_ACROSS = 6  # at most so many by so many, spread evenly over the photo
_USED = 16  # the brightest of them; a dark one shows no pixels
_DRIFT = 5  # bins; perspective moves the peak a little from square to square
_AROUND = 13  # bins; a peak stands out from those around it
_LOWEST = 0.28  # cycles per pixel; the patterns of goods, text and shelf edges are coarser
_HIGHEST = 0.48  # in both directions; there lies the checkerboard of the camera's colour filter


def screen_score(photo: Pyramid) -> float:
    """Measure how far the highest peak that is all over the photo stands out.

    Returns:
        Natural logarithm of the power of the peak / that around it, median of the squares; noise
        has about 2, because each square may choose among 25 bins. 0 = the photo is too small.

    Source: after Muammar and Dragotti, "An investigation into aliasing in images recaptured from
    an LCD monitor using a digital camera", ICASSP 2013.
    """
    squares = photo.squares(_SIDE, _ACROSS)
    if not len(squares):
        return 0.0
    brightness = squares[:, ::4, ::4].mean(axis=(1, 2))
    used = squares[np.argsort(-brightness, kind="stable")[:_USED]]
    peaks = np.stack([_peaks(square.astype(np.float32)) for square in used])
    middle = np.sort(peaks, axis=0)[len(used) // 2]  # a median, five times as fast as numpy's
    return float(middle[_FINE].max())


def _peaks(square: Floats) -> Floats:
    """(128, 65): how far the best bin near each frequency stands out from those around it."""
    spectrum = np.fft.rfft2((square - square.mean()) * _WINDOW)
    level = np.log(np.square(spectrum.real) + np.square(spectrum.imag) + 1)
    above = level - cv2.blur(level, (_AROUND, _AROUND))
    return np.asarray(cv2.dilate(above, _NEAR), np.float32)


def _fine() -> Flags:
    """(128, 65): frequencies at which only a screen has peaks."""
    down, across = np.meshgrid(np.fft.fftfreq(_SIDE), np.fft.rfftfreq(_SIDE), indexing="ij")
    corner = np.minimum(np.abs(down), across) > _HIGHEST
    return (np.hypot(down, across) > _LOWEST) & ~corner


_WINDOW = np.outer(np.hanning(_SIDE), np.hanning(_SIDE)).astype(np.float32)
_NEAR = np.ones((_DRIFT, _DRIFT), np.uint8)
_FINE = _fine()
