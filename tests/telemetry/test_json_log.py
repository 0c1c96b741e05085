"""Lines of the log."""

import json
import logging
import sys
from contextvars import copy_context
from threading import Thread
from typing import Any

from telemetry import json_log
from telemetry.json_log import JsonLines


def line(**record: Any) -> Any:
    """A line as a program reads it."""
    return json.loads(JsonLines().format(logging.makeLogRecord(record)))


def test_a_traceback_stays_on_its_line():
    """One object per line, whatever went wrong."""
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info(), "path": {1}})

    assert "two\nlines" in json.loads(JsonLines().format(record))["traceback"]
    assert "\n" not in JsonLines().format(record)


def test_a_line_says_what_it_is_about():
    """What is bound outside, what was noted since, and what it says itself."""
    with json_log.about(request_id="r-1"):
        json_log.note(scene="0199")
        written = line(msg="report", report=7)

    assert ("r-1", "0199", 7) == (written["request_id"], written["scene"], written["report"])


def test_every_line_has_a_request_id():
    """Null where no request asked for it, at a start for example."""
    json_log.note(scene="nowhere")

    assert line(msg="started").items() >= {"request_id": None, "event": "started"}.items()
    assert "scene" not in line(msg="started")


def test_what_is_bound_ends_with_its_work():
    """The next request of the same thread is about something else."""
    with json_log.about(request_id="outer"):
        with json_log.about(request_id="inner"):
            assert "inner" == json_log.bound("request_id")
        assert "outer" == json_log.bound("request_id")

    assert json_log.bound("request_id") is None


def test_threads_that_take_the_context_along_are_about_the_same():
    """As handlers and tasks run."""
    with json_log.about(request_id="r-1"):
        context, heard = copy_context(), []
        thread = Thread(target=context.run, args=[lambda: heard.append(line(msg="x"))])
        thread.start()
        thread.join()

    assert "r-1" == heard[0]["request_id"]
