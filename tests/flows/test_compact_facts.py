"""Facts are merged by one worker at a time, on whichever machine it is."""

from unittest.mock import patch

from flows import compact_facts
from flows.resources import Resources, now
from storage import migrate, turns
from storage.turns import COMPACT_FACTS


def test_a_second_run_leaves_the_first_alone(tools: Resources):
    """Two at once would do everything twice."""
    migrate.upgrade(tools.settings.records_url)
    with tools.records.transaction() as tx:
        turns.begin(tx, COMPACT_FACTS, owner="another", now=now(), lease=tools.lease)

    with patch.multiple(compact_facts, resources=lambda: tools, merge_facts=None):
        ended = compact_facts.compact_facts.fn()

    assert "Another worker merges facts." == ended.message
