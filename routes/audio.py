"""`/audio`: what is played to callers. Recordings of the store, then files of the installation, then those we ship."""

from collections.abc import Mapping
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from ivr import recordings
from ivr.hotline import Hotline

SHIPPED = Path(__file__).parent.parent / "config" / "audio"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # a name always means the same sound
FOR_AN_HOUR = {
    "Cache-Control": "public, max-age=3600"
}  # waiting callers need not fetch the music in each round


class Audio(StaticFiles):
    """Anybody may hear it: it is what anybody hears who calls."""

    def __init__(self, hotlines: Mapping[str, Hotline], own: Path) -> None:
        super().__init__(directory=SHIPPED)
        self.all_directories.insert(0, own)
        self._hotlines = hotlines

    async def get_response(self, path: str, scope: Scope) -> Response:
        kept = await recordings.sound(self._hotlines, path)
        return (
            Response(kept, media_type="audio/wav", headers=FOR_EVER)
            if kept
            else await self._file(path, scope)
        )

    async def _file(self, path: str, scope: Scope) -> Response:
        found = await super().get_response(path, scope)
        found.headers.update(FOR_AN_HOUR)
        return found
