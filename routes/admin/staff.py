"""人员: accounts, their roles and skills. A password is shown once, to whoever had it made."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from ivr import staff
from ivr.hotline import Hotline
from ivr.roles import TITLES, Role
from ivr.staff import Account
from routes.guards import AdminAt, At, my_hotline
from routes.pages import page

router = APIRouter(tags=["staff"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Terms(_Body):
    """`skills` as in `粤语=3 税务`; `lines` are the published numbers that an office, or whoever works cases, sees,
    with spaces between them; `phone` is on their desk, E.164 or a SIP address: null takes it away, and without the
    field it stays."""

    role: Role
    skills: str = ""
    lines: str = ""
    phone: str | None = None
    basis: str | None = None

    @property
    def wished_phone(self) -> str | None:
        """None for whoever said nothing of it."""
        return (self.phone or "").strip() if "phone" in self.model_fields_set else None


class Newcomer(_Body):
    id: str
    role: Role = Role.OPERATOR
    skills: str = ""
    lines: str = ""
    phone: str = ""


class Appointed(BaseModel):
    """`password` is shown this once."""

    account: Account
    password: str


class Done(BaseModel):
    id: str


@router.get("/admin/staff", include_in_schema=False)
async def staff_page(request: Request, person: AdminAt) -> HTMLResponse:
    hotline = my_hotline(request, person)
    return page(request, "admin/staff", person, accounts=await staff.everybody(hotline), **_choices(hotline))


@router.get("/admin/staff/{id_}", include_in_schema=False)
async def member_page(request: Request, person: AdminAt, id_: str) -> HTMLResponse:
    hotline = my_hotline(request, person)
    found = await staff.member(hotline, id_)
    return page(request, "admin/member", person, account=found, **_choices(hotline))


@router.get("/api/{hotline}/staff")
async def read_all(hotline: At, person: AdminAt) -> list[Account]:
    return await staff.everybody(hotline)


@router.get("/api/{hotline}/staff/{id_}")
async def read(hotline: At, person: AdminAt, id_: str) -> Account:
    return await staff.member(hotline, id_)


@router.post("/api/{hotline}/staff")
async def appoint(hotline: At, person: AdminAt, wish: Newcomer) -> Appointed:
    """A new account; its password is made here and shown in the answer, once."""
    made = await staff.appoint(
        hotline,
        wish.id.strip(),
        role=wish.role,
        skills=wish.skills,
        lines=wish.lines,
        phone=wish.phone.strip(),
        by=person,
    )
    return Appointed(account=made.account, password=made.password)


@router.put("/api/{hotline}/staff/{id_}")
async def alter(hotline: At, person: AdminAt, id_: str, wish: Terms) -> Account:
    return await staff.alter(
        hotline,
        id_,
        role=wish.role,
        skills=wish.skills,
        lines=wish.lines,
        phone=wish.wished_phone,
        by=person,
        expected=wish.basis,
    )


@router.post("/api/{hotline}/staff/{id_}/password")
async def reset_password(hotline: At, person: AdminAt, id_: str) -> Appointed:
    """A new password in place of a forgotten one, shown once; it ends the sessions of that account."""
    made = await staff.reset_password(hotline, id_, by=person)
    return Appointed(account=made.account, password=made.password)


@router.delete("/api/{hotline}/staff/{id_}")
async def dismiss(hotline: At, person: AdminAt, id_: str) -> Done:
    await staff.dismiss(hotline, id_, by=person)
    return Done(id=id_)


def _choices(hotline: Hotline) -> dict[str, Any]:
    """What may be chosen: roles, and the skills that some queue asks for."""
    asked = {skill for queue in hotline.handbook.profile.queues.values() for skill in queue.skills}
    return {"roles": {role.value: title for role, title in TITLES.items()}, "skills": sorted(asked)}
