"""Callers who withhold their number are not one and the same caller."""

from ivr.directory import is_withheld


def test_whoever_withholds_their_number_is_nobody_in_particular() -> None:
    assert all(is_withheld(number) for number in ("", "anonymous", "+266696687", "Restricted"))
    assert not any(
        is_withheld(number) for number in ("+862000000001", "02000000001", "sip:02000000001@trunk.example")
    )
