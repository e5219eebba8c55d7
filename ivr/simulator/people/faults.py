"""Switching faults on and off, and reading how often each has happened."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.simulator.faults import SETS, Fault, Faults, SetName
from ivr.simulator.people.replies import asked, exchange_of

Rate = Annotated[float, Field(ge=0, le=1)]


class Orders(BaseModel):
    """A set by its name, faults by their rates, or both: a rate that is given replaces that of the set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: SetName | None = None
    seed: int | None = None
    next: dict[Fault, Annotated[int, Field(ge=0)]] = {}
    rates: dict[Fault, Rate] = {}

    @model_validator(mode="before")
    @classmethod
    def _rates_stand_beside_the_rest(cls, given: object) -> object:
        """`{"seed": 1, "rest_500": 0.1}`: whatever is none of our fields is the name of a fault."""
        if not isinstance(given, dict):
            return given
        beside = {name: given[name] for name in given if name not in cls.model_fields}
        ours = {name: given[name] for name in given if name in cls.model_fields}
        return {**ours, "rates": beside} if beside else ours


async def switch(request: Request) -> Response:
    orders, faults = await asked(request, Orders), exchange_of(request).faults
    rates = SETS[orders.set] if orders.set else {}
    faults.switch({**rates, **orders.rates}, orders.next, orders.seed)
    return JSONResponse(_as_json(faults))


async def show(request: Request) -> Response:
    return JSONResponse(_as_json(exchange_of(request).faults))


async def switch_off(request: Request) -> Response:
    faults = exchange_of(request).faults
    faults.switch({}, {}, None)
    return JSONResponse(_as_json(faults))


def _as_json(faults: Faults) -> dict[str, object]:
    return {
        "rates": {fault: faults.rates.get(fault, 0.0) for fault in Fault},
        "next": {fault: times for fault, times in faults.upcoming.items() if times},
        "seed": faults.seed,
        "happened": faults.happened,
    }


ROUTES = [
    Route("/simulator/faults", show),
    Route("/simulator/faults", switch, methods=["PUT"]),
    Route("/simulator/faults", switch_off, methods=["DELETE"]),
]
