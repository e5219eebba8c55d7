"""Answers that are no JSON, named so that the API's description tells them apart."""

from typing import Any

from fastapi.responses import FileResponse, Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


PRIVATE = {"Cache-Control": "private"}  # kept by nobody on the way
A_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "表格", "content": {"text/csv": {}, XLSX: {}}}
}


class Sound(Response):
    """What was said."""

    media_type = "audio/wav"


class Sheet(FileResponse):
    """A table of calls, for whoever asked for it."""
