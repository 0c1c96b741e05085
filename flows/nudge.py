"""Ask Prefect to start a run now.

The work is in the records already, so a nudge that fails costs time, not work: the sweep nudges
again.
"""

import logging
from typing import Any
from uuid import UUID

from prefect.context import SyncClientContext

log = logging.getLogger("gondola.flows")
_deployments: dict[str, UUID] = {}


def nudge(deployment: str, parameters: dict[str, Any], key: str) -> None:
    """Start a run of `<deployment>/warm`, from any thread; a failure is a line in the log.

    Args:
        deployment: name of the flow and of its deployment, `deliver-webhooks`.
        parameters: ids only, they are shown in Prefect's UI.
        key: nudges with the same key start one run.
    """
    try:
        with SyncClientContext.get_or_create() as context:
            if deployment not in _deployments:
                found = context.client.read_deployment_by_name(f"{deployment}/warm")
                _deployments[deployment] = found.id
            context.client.create_flow_run_from_deployment(
                _deployments[deployment], parameters=parameters, idempotency_key=key
            )
    except Exception as error:  # whatever it is, the sweep comes
        _deployments.pop(deployment, None)
        log.warning("nudge %s %s failed: %s", deployment, key, error)
