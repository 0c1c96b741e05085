"""What the cards of all models have in common."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

GRAPHS = ("model.xml", "model.onnx")

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=1)]
Side = Annotated[int, Meta(ge=1, le=8192)]
Text = Annotated[str, Meta(min_length=1)]
Channels = tuple[float, float, float]


class PixelInput(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the network wants its pixels: (value - mean) / scale, per channel."""

    colour: Literal["RGB", "BGR"] = "RGB"
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    mean: Channels = (0.0, 0.0, 0.0)
    scale: Channels | float = 1.0


class CardFields(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="task"):
    """Name, origin and files of a model; what it does is said by each kind of card."""

    name: Text
    version: Text
    licence: Text
    origin: Text
    files: dict[str, str]  # file name -> sha256
    training: dict[str, Any] = {}

    @property
    def task(self) -> str:
        """What the model does: detect, embed, find_text or read_text."""
        return str(self.__struct_config__.tag)

    @property
    def id(self) -> str:
        """Name and version, as stored beside every fact."""
        return f"{self.name}-{self.version}"

    @property
    def graph(self) -> str:
        """The file OpenVINO reads."""
        return next(name for name in GRAPHS if name in self.files)
