"""Parsers and what they begin with; `python -m bench.door parsers` fuzzes each for a minute."""

import pytest

from bench.door import fuzzing, parsers


@pytest.mark.parametrize("name", fuzzing.PARSERS)
def test_what_fuzzing_begins_with_is_taken_or_refused(name: str):
    """By each parser, and no seed is a fault."""
    one = parsers.PARSERS[name]
    for data in one.seeds():
        one.try_it(data)

    assert set(fuzzing.PARSERS) == parsers.PARSERS.keys()


def test_a_refusal_of_no_known_kind_is_a_fault(monkeypatch: pytest.MonkeyPatch):
    """So is a private address that is taken for a public one."""
    monkeypatch.setattr(parsers, "is_public", lambda _: True)

    with pytest.raises(AssertionError, match=r"10\.0\.0\.9"):
        parsers.address(b"http://10.0.0.9/")

    monkeypatch.setattr(parsers, "check_url", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        parsers.address(b"http://1.1.1.1/")
