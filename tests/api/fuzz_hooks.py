"""What schemathesis must know beyond the API document; `test_document` hands it this file.

A schema says which bodies are well formed. It cannot say which ids exist, which addresses answer
or which bytes are a photo: refusing those by name is right, although the body fits the schema.
"""

import contextlib
import io
import json

import schemathesis
from hypothesis import strategies
from PIL import Image
from schemathesis.specs.openapi.checks import positive_data_acceptance

BEYOND_A_SCHEMA = (
    "Unknown ",  # ids in lists, report types
    "There is no ",  # ids of one thing
    "There is a",  # ids that are taken
    "The scene has no facing ",
    "The scene has not been recognised yet",
    "Enter a valid URL",
    "Send `images` (upload ids), or ",  # one of three ways to name pictures
    "Send x1, y1, x2, y2 in pixels inside the photo",
    "Send 1 to 5 JPEG files",
    "Send two letters",  # a country, or nothing
    "The photo could not be fetched",
    "The time is out of range",
    "This Idempotency-Key was used with another body",
    "Null characters are not allowed",  # in any text
)
REFUSALS = {400, 422}
LONGEST = 0.1  # seconds
KEY, SHORT = "Idempotency-Key", 200


@schemathesis.hook
def before_call(context, case, kwargs):
    """Wait for nothing, as no worker is there; no two requests share an Idempotency-Key."""
    sampled = case.meta and case.meta.phase.name.name != "COVERAGE"  # there each header is a case
    if sampled and 0 < len(key := str(case.headers.get(KEY, ""))) < SHORT:
        case.headers[KEY] = f"{key}{case.id}"
    with contextlib.suppress(KeyError, TypeError, ValueError):
        case.query["wait"] = min(float(case.query["wait"]), LONGEST)


@schemathesis.check
def valid_data_acceptance(ctx, response, case):
    """Valid data is accepted, unless what it names is not there."""
    if response.status_code in REFUSALS and refused_by_name(response.content):
        return None
    return positive_data_acceptance(ctx, response, case)


def refused_by_name(body: bytes) -> bool:
    """Whether every sentence of the answer is about something no schema can say."""
    told = json.loads(body)
    sentences = [
        one for many in told.values() for one in ([many] if isinstance(many, str) else many)
    ]
    return bool(sentences) and all(one.startswith(BEYOND_A_SCHEMA) for one in sentences)


def photo(colour: tuple[int, int, int]) -> bytes:
    """Make a small JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(file, "JPEG")
    return file.getvalue()


level = strategies.integers(0, 255)
schemathesis.openapi.media_type("image/jpeg", strategies.tuples(level, level, level).map(photo))
