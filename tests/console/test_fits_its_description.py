"""Whatever is asked of the API, in ways that nobody thought of, it does not break, and its answer is as described.

The town is one of its own: what is asked here appoints, dismisses, withdraws and closes at random.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import town as towns
from tests.town import Town
from tests.upkeep.console import described

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TRIES = 3  # of each route, besides its own example
NEVER_END = "/events"
OURS = {"hotline": "nanning"}
schemathesis.openapi.media_type("audio/wav", st.binary(max_size=400))
ROUTES = list(schemathesis.openapi.from_dict(described()).get_all_operations())


@pytest.fixture(scope="module")
def wild_town(valkey: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = towns.found(tmp_path_factory.mktemp("wild"), f"{valkey}?db=3")
    try:
        asyncio.run(towns.open_up(town))
        yield town
    finally:
        town.application.stop()
        town.company.stop()


@pytest.mark.parametrize("route", ROUTES, ids=lambda found: found.ok().label)
def test_no_question_breaks_it_and_every_answer_is_as_described(wild_town: Town, route: Any) -> None:
    operation = route.ok()
    if operation.path.endswith(NEVER_END):
        return
    headers = {"Authorization": f"Bearer {wild_town.admin_token()}"}

    @settings(
        max_examples=TRIES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.path_parameters = {**case.path_parameters, **OURS}
        answer = case.call(base_url=wild_town.url, headers=headers, timeout=20)
        case.validate_response(answer, checks=CHECKS)

    ask()
