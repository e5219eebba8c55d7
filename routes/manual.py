"""`/docs`: the API, to read and to try, from its own OpenAPI description; nothing of it is fetched from elsewhere."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from routes.guards import Everybody

router = APIRouter(include_in_schema=False, dependencies=[Everybody])


@router.get("/docs")
async def manual(request: Request) -> HTMLResponse:
    templates: Jinja2Templates = request.app.state.templates
    return templates.TemplateResponse(request, "manual.html")
