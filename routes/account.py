"""What is somebody's own: who they are here and what they may."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from ivr.roles import Right
from routes.guards import SignedIn
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

router = APIRouter(include_in_schema=False)


@router.get("/account")
async def account_page(request: Request, person: SignedIn) -> HTMLResponse:
    return page(request, "account", person, may=[RIGHTS[right] for right in Right if person.may(right)])
