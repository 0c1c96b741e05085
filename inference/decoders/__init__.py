"""How to read a detector's outputs. A new layout is one file here and one line below."""

from inference.decoders.centre_ltrb import CENTRE_LTRB
from inference.decoders.contract import Decoder
from inference.decoders.end_to_end import END_TO_END
from inference.decoders.yolo import YOLO

DECODERS: dict[str, Decoder] = {
    "centre_ltrb": CENTRE_LTRB,
    "yolo": YOLO,
    "end_to_end": END_TO_END,
}
