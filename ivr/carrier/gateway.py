"""Which way texts go: through the carrier of calls, or through a domestic gateway where one is set."""

from config.settings import Settings, Unset
from ivr.carrier import TextGateway


def text_gateway(settings: Settings) -> TextGateway | None:
    """None is the carrier itself. Raises Unset when its client is not installed, or its templates will not do."""
    if not settings.aliyun_sms_access_key_id:
        return None
    try:
        from ivr.carrier.aliyun import Aliyun
    except ModuleNotFoundError as missing:
        raise Unset(
            "ALIYUN_SMS_ACCESS_KEY_ID is set and Alibaba's client is not installed: "
            "pip install --require-hashes -r requirements-aliyun.txt"
        ) from missing
    return Aliyun(settings)
