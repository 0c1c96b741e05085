"""The TOML of a card."""

import tomllib

from training.card import toml


def test_card_survives_being_read_back():
    """Nested tables, odd keys and text come back as they were."""
    card = {
        "name": "a model",
        "input": {"long_side": 960},
        "files": {"model.xml": "ab12"},
        "training": {"seed": 0, "sources": ["a, b", "é"], "figures": {"AP": 0.5, "deep": {"x": 1}}},
    }

    assert card == tomllib.loads(toml(card))
