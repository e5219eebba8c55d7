"""The rules of dialling in: the number at which whoever holds a post says that they are away."""

from pydantic import Field

from ivr.page import Page
from ivr.profile.fields import Number


class DialIn(Page):
    """A telephone for officials, not for the public: it asks for a code before anything else."""

    number: Number | None = Field(
        default=None,
        description="登记电话的号码（国际格式），在运营商账户里、不对外公布；不填则不能用电话登记",
    )
    tries: int = Field(
        default=5,
        ge=3,
        le=20,
        description="登记码连续输错几次就锁定；同一电话一小时内也最多输错这么多次（次）",
    )
    lock_hours: int = Field(
        default=24, ge=1, le=168, description="锁定多久，期间报警；换发登记码可立即解除（小时）"
    )
