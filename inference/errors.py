"""What can go wrong between a photo and its facts.

InferenceError
├── UnreadablePhoto
└── BadModel
    └── BadCard
"""


class InferenceError(Exception):
    """Recognition failed."""


class UnreadablePhoto(InferenceError):
    """The photo cannot be read as a JPEG; the message is a sentence for people."""


class BadModel(InferenceError):
    """The model folder is incomplete, altered, or does not do what its card says."""


class BadCard(BadModel):
    """The model's card (model.toml) is wrong; the message names the field."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"model.toml, {field}: {reason}")
        self.field = field
