"""`python -m ivr.simulator serve` runs the phone company; `... call [TO]` is a telephone in this terminal."""

import sys

from pydantic import ValidationError

from ivr.simulator import terminal
from ivr.simulator.server import serve
from ivr.simulator.settings import Settings

USAGE = "usage: python -m ivr.simulator serve | call [TO] ..."


def main(argv: list[str]) -> int:
    match argv:
        case ["serve"]:
            serve(_settings())
            return 0
        case ["call", *rest]:
            return terminal.main(rest)
    print(USAGE, file=sys.stderr)
    return 2


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as wrong:
        for error in wrong.errors():
            name = "_".join(str(part) for part in error["loc"]).upper()
            hint = Settings.model_fields[str(error["loc"][0])].description or ""
            print(f"{name}: {error['msg']}. {hint}".rstrip(), file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
