"""What is somebody's own: who they are here, their password, and where they are signed in."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import sessions
from ivr.roles import Right
from ivr.sessions import Session
from routes.guards import At, SignedIn, give_session, my_hotline, secret_of
from routes.pages import page

RIGHTS = {
    Right.DESK: "在坐席接听来电",
    Right.CALLS: "查看通话记录",
    Right.REVEAL: "写明理由后查看完整号码",
    Right.OFFICE: "处理本单位公布号码的事务",
    Right.CASES: "办理交办事项",
    Right.SUPERVISE: "监看和协助坐席",
    Right.EXPORT: "导出通话记录",
    Right.ADMINISTER: "管理号码、用语、时间、人员，查看审计",
}

router = APIRouter(tags=["account"])


class Change(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: str
    new: str


class Done(BaseModel):
    said: str


@router.get("/account", include_in_schema=False)
async def account_page(request: Request, person: SignedIn) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(
        request,
        "account",
        person,
        may=[RIGHTS[right] for right in Right if person.may(right)],
        must_change=person.must_change,
        sessions=await sessions.mine(hotline, person, secret_of(request)),
    )


@router.put("/api/{hotline}/account/password")
async def change_password(
    request: Request, answer: Response, hotline: At, person: SignedIn, change: Change
) -> Done:
    """A password of one's own choice; it ends every other session."""
    browser = request.headers.get("user-agent", "")
    give_session(
        request,
        answer,
        await sessions.change_password(hotline, person, change.old, change.new, browser=browser),
    )
    return Done(said="密码已更改，其他地方的登录都已结束")


@router.get("/api/{hotline}/account/sessions")
async def my_sessions(request: Request, hotline: At, person: SignedIn) -> list[Session]:
    return await sessions.mine(hotline, person, secret_of(request))


@router.delete("/api/{hotline}/account/sessions")
async def sign_out_everywhere(hotline: At, person: SignedIn) -> Done:
    """This one too."""
    await sessions.sign_out_everywhere(hotline, person)
    return Done(said="已在所有地方退出")


@router.delete("/api/{hotline}/account/sessions/{handle}")
async def end_session(hotline: At, person: SignedIn, handle: str) -> Done:
    await sessions.end(hotline, person, handle)
    return Done(said="这个登录已结束")
