"""The pages that stand in the head of every page, and who sees which."""

from typing import NamedTuple

from ivr.roles import Person, Right


class Entry(NamedTuple):
    """One page of the menu. `pages` are the templates on which it is the current one."""

    path: str
    title: str
    right: Right
    pages: tuple[str, ...]


# The parts of 管理, which stand below the head of each of its pages.
ADMIN = (
    Entry("/admin/prompts", "提示语", Right.ADMINISTER, ("admin/prompts", "admin/prompt", "admin/languages")),
    Entry(
        "/admin/numbers",
        "号码",
        Right.ADMINISTER,
        ("admin/numbers", "admin/number", "admin/number_new"),
    ),
    Entry("/admin/hours", "服务时间", Right.ADMINISTER, ("admin/hours",)),
    Entry("/admin/queues", "队列与技能", Right.ADMINISTER, ("admin/queues",)),
    Entry("/admin/callers", "来电人类别", Right.ADMINISTER, ("admin/callers",)),
    Entry("/admin/staff", "人员", Right.ADMINISTER, ("admin/staff", "admin/member")),
    Entry("/admin/settings", "设置", Right.ADMINISTER, ("admin/settings",)),
    Entry("/admin/editions", "修改记录", Right.ADMINISTER, ("admin/editions",)),
    Entry("/admin/hooks", "推送", Right.ADMINISTER, ("admin/hooks", "admin/hook")),
    Entry("/tokens", "令牌", Right.ADMINISTER, ("tokens",)),
    Entry("/audit", "审计", Right.ADMINISTER, ("audit",)),
)

MENU = (
    Entry("/desk", "坐席", Right.DESK, ("desk",)),
    Entry("/wallboard", "看板", Right.SUPERVISE, ("wallboard", "announcement")),
    Entry("/calls", "通话记录", Right.CALLS, ("calls", "call")),
    Entry("/callbacks", "回拨", Right.DESK, ("callbacks",)),
    Entry("/blocks", "来电限制", Right.SUPERVISE, ("blocks", "evidence")),
    Entry("/promises", "承诺", Right.OFFICE, ("promises",)),
    Entry("/cases", "工单", Right.CASES, ("cases", "case")),
    Entry("/absences", "公开电话状态", Right.OFFICE, ("absences",)),
    Entry("/probes", "拨测", Right.SUPERVISE, ("probes", "probe")),
    Entry("/admin", "管理", Right.ADMINISTER, tuple(page for entry in ADMIN for page in entry.pages)),
)


def menu_for(person: Person) -> list[Entry]:
    """What they may open: nothing as long as their password is another's, for every page would lead them back."""
    return [] if person.must_change else [entry for entry in MENU if person.may(entry.right)]


def home_of(person: Person) -> str:
    """Where somebody finds themselves after signing in."""
    if person.must_change:
        return "/account"
    return next((entry.path for entry in menu_for(person)), "/account")
