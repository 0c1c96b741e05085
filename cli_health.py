"""`gondola healthy`: what asks a container whether the process in it does its work."""

import socket
import sys

import click
import urllib3

from cli_ends import console, read_settings
from settings import Settings

SECONDS = 5.0
OK = 200


@click.command()
@click.argument("what", type=click.Choice(["api", "worker", "prefect"]))
def healthy(what: str) -> None:
    """End with 0 when this container's WHAT answers, else with 1 and a sentence.

    It loads nothing of what it asks for, as it runs every half a minute. Of a worker Prefect is
    asked whether it still hears from one of this host.
    """
    settings = read_settings()
    asked = {"api": _api, "worker": _worker, "prefect": _prefect}[what]
    try:
        problem = asked(settings)
    except urllib3.exceptions.HTTPError as error:
        problem = str(error)
    if problem:
        console.print(problem, soft_wrap=True)
        sys.exit(1)


def _api(settings: Settings) -> str:
    return _get(f"http://127.0.0.1:{settings.port}/healthz")


def _prefect(settings: Settings) -> str:
    return _get(f"http://127.0.0.1:{settings.prefect_port}/api/health")


def _worker(settings: Settings) -> str:
    """Whether Prefect hears from a worker that is named after this host.

    Without Prefect no worker is ill: it waits, and a restart would not help.
    """
    url = f"{settings.prefect_api_url}/work_pools/warm/workers/filter"
    try:
        reply = urllib3.request("POST", url, json={}, retries=False, timeout=SECONDS)
    except urllib3.exceptions.HTTPError:
        return ""
    if reply.status != OK:
        return ""
    here = f"{socket.gethostname()}."
    ours = [one for one in reply.json() if one["name"].startswith(here)]
    online = any(one["status"] == "ONLINE" for one in ours)
    return "" if online else f"Prefect hears from no worker of {socket.gethostname()}."


def _get(url: str) -> str:
    reply = urllib3.request("GET", url, retries=False, timeout=SECONDS)
    return "" if reply.status == OK else f"{url} answers {reply.status}."
