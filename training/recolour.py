"""Other light, other cameras, other print: what a crop may go through before it is learnt from."""

import cv2
import numpy as np

LIGHTER, PER_CHANNEL, LIFT = (0.6, 1.4), (0.85, 1.15), 25  # factors, factors, grey values
GAMMA = 0.5  # largest |log|
BLUR = (0.5, 1.5)  # sigma, pixels
JPEG_QUALITY = (30, 80)


def recoloured(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    """Vary light, cast, contrast and hue; sometimes grey, blurred or compressed.

    Args:
        rng: decides what happens.
        pixels: (h, w, 3) uint8 RGB.

    Returns:
        A new array of the same shape.
    """
    light = pixels.astype(np.float32)
    if rng.random() < 0.75:
        gain = rng.uniform(*LIGHTER) * rng.uniform(*PER_CHANNEL, 3)
        light = light * gain.astype(np.float32) + np.float32(rng.uniform(-LIFT, LIFT))
    if rng.random() < 0.3:
        power = np.float32(np.exp(rng.uniform(-GAMMA, GAMMA)))
        light = 255 * np.power(light.clip(0, 255) / 255, power)
    light = _other_print(rng, light)
    if rng.random() < 0.15:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(*BLUR))
    done = np.ascontiguousarray(light.clip(0, 255).astype(np.uint8))
    return _compressed(rng, done) if rng.random() < 0.15 else done


def _other_print(rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Grey, exchanged channels or another hue: a pack is a pack in any colour."""
    chance = rng.random()
    if chance < 0.1:
        return np.repeat(light.mean(2, keepdims=True), 3, 2)
    if chance < 0.25:
        return light[:, :, rng.permutation(3)]
    if chance < 0.4:
        tones = cv2.cvtColor(light.clip(0, 255).astype(np.uint8), cv2.COLOR_RGB2HSV_FULL)
        tones[:, :, 0] += np.uint8(rng.integers(256))  # hue is a circle of 256
        return cv2.cvtColor(tones, cv2.COLOR_HSV2RGB_FULL).astype(np.float32)
    return light


def _compressed(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    quality = int(rng.integers(*JPEG_QUALITY))
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)
