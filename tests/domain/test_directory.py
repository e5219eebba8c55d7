"""Published numbers: how they are found, refused, named and masked."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.directory import UNSHOWN, Directory, Line, e164, grouped, mask, spaced
from ivr.errors import Invalid
from ivr.handbook import read_folder

MAYOR = "+8677100000002"
CONFIG = Path(__file__).parents[2] / "config"
DIRECTORY = read_folder(CONFIG / "hotlines" / "nanning", CONFIG / "calendar").directory


def a_line(number: str, post: str = "市长", area: str = "南宁市本级") -> Line:
    facts = {"number": number, "post": post, "unit": "市人民政府", "area": area, "published_on": "2022-02-07"}
    return Line.read(facts, "第 2 行")


# -- finding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dialled",
    [
        "+8677100000002",
        "8677100000002",
        "008677100000002",
        "077100000002",
        "+86077100000002",
        "+86 771 0000 0002",
        "0771-0000 0002",
        "(0771) 00000002",
        "0771/00000002",
        "０７７１－００００　０００２",  # full width, as Chinese keyboards type it
        "\u202a+86 771 00000002\u202c",  # as copied out of an address book
        "sip:077100000002@trunk.example",
        "sip:+8677100000002@trunk.example:5060;user=phone",
        "sips:%2B8677100000002@trunk.example",
        '"the mayor" <sip:8677100000002@trunk.example>;tag=1',
        "SIP:077100000002;phone-context=x@trunk.example",
        "tel:+86-771-0000-0002",
    ],
)
def test_the_mayor_is_found_however_the_number_is_spelt(dialled: str) -> None:
    line = DIRECTORY.find(dialled)
    assert line is not None
    assert line.number == MAYOR


@pytest.mark.parametrize(
    "dialled",
    [
        "",
        "/",
        "+",
        "anonymous",
        "sip:",
        "sip:mayor@trunk.example",
        "client:wang",
        "00000002",  # without the area code it could be anywhere
        "+77100000002",  # Kazakhstan
        "+8677100000047",  # one more than there are
        "077100000002转8",
        "x077100000002",
        "0" * 100_000,
        " " * 300 + MAYOR,  # longer than any address
        "\ud800",
        "%00",
    ],
)
def test_what_is_none_of_ours_is_nobodys_line(dialled: str) -> None:
    assert DIRECTORY.find(dialled) is None


NEARLY_A_NUMBER = st.text("+086771 -/()sip:@;%０７\u202a\ud800\x00x", max_size=40)


@given(st.text() | NEARLY_A_NUMBER)
def test_no_text_whatever_makes_find_or_mask_raise(dialled: str) -> None:
    found = DIRECTORY.find(dialled)
    assert found is None or found in DIRECTORY.lines
    assert mask(dialled)


@given(st.sampled_from(DIRECTORY.lines), st.lists(st.sampled_from(" -/()"), min_size=20, max_size=20))
def test_every_line_is_found_with_any_separators_between_its_digits(line: Line, between: list[str]) -> None:
    national = "0" + line.number[3:]
    scattered = "".join(digit + gap for digit, gap in zip(national, between, strict=False))
    assert DIRECTORY.find(scattered) == line


def test_a_mobile_number_needs_no_trunk_zero() -> None:
    assert e164("15400000000") == e164("015400000000") == e164("+86 154 0000 0000") == "+8615400000000"


def test_an_international_prefix_is_a_plus() -> None:
    assert e164("0085200000000") == "+85200000000"


def test_a_number_as_carriers_write_it_is_found_without_reading_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One look into a table, on every call. Only another spelling costs more, and that is read once."""
    read: list[str] = []

    def reads(number: str) -> str | None:
        read.append(number)
        return e164(number)

    monkeypatch.setattr("ivr.directory.e164", reads)
    assert all(DIRECTORY.find(line.number) is line for line in DIRECTORY.lines)
    assert read == []
    assert DIRECTORY.find("077100000002") is DIRECTORY.find(MAYOR)
    assert read == ["077100000002"]


# -- refusing ----------------------------------------------------------------------------------------------


def test_a_number_given_twice_is_refused_and_both_posts_are_named() -> None:
    with pytest.raises(Invalid, match="号码 \\+8677100000002 同时给了“南宁市市长”和“青秀区区长”"):
        Directory([a_line(MAYOR), a_line(MAYOR, post="区长", area="青秀区")])


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        ("077100000002", "不是国际格式的号码"),
        ("8677100000002", "不是国际格式的号码"),
        ("8.6771E+12", "科学计数"),
        ("+86077100000002", "多了长途字冠 0"),
        ("+86", "不是国际格式的号码"),
        ("+86 771 00000002 转 8", "不是国际格式的号码"),
    ],
)
def test_a_number_that_is_not_e164_is_refused_with_the_place_and_the_remedy(number: str, advice: str) -> None:
    with pytest.raises(Invalid, match=f"第 2 行「号码」：.*{advice}"):
        a_line(number)


def test_everything_wrong_with_a_line_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        Line.read({"number": MAYOR, "post": "  ", "unit": "市\n政府", "published_on": "去年"}, "第 9 行")
    faults = str(refusal.value).splitlines()
    assert [fault.split("：")[0] for fault in faults] == [
        "第 9 行「职务」",
        "第 9 行「单位」",
        "第 9 行「辖区」",
        "第 9 行「公布日期」",
    ]


def test_a_line_takes_dates_and_spaces_as_spreadsheets_write_them() -> None:
    line = Line.read(
        {
            "number": "+86 771-00000002",
            "post": " 市长 ",
            "unit": "u",
            "area": "a",
            "published_on": "2022/2/7",
        },
        "",
    )
    assert (line.number, line.post, line.published_on) == (MAYOR, "市长", date(2022, 2, 7))


# -- showing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "post", "name"),
    [
        ("南宁市本级", "市长", "南宁市市长"),
        ("南宁市本级", "市委书记", "南宁市委书记"),
        ("南宁市本级", "市纪委书记", "南宁市纪委书记"),
        ("青秀区", "区长", "青秀区区长"),
        ("青秀区", "区委书记", "青秀区委书记"),
        ("亳州市本级", "市教育局局长", "亳州市教育局局长"),
        ("亳州市本级", "市市场监督管理局局长", "亳州市市场监督管理局局长"),
        ("南宁经济技术开发区", "党工委书记", "南宁经济技术开发区党工委书记"),
    ],
)
def test_a_line_is_called_as_people_call_the_post(area: str, post: str, name: str) -> None:
    assert a_line(MAYOR, post, area).display_name == name


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+862000000001", "+86 20****0001"),
        ("02000000001", "+86 20****0001"),
        ("+861000000001", "+86 10****0001"),
        ("+8677100000001", "+86 771****0001"),
        ("+8615400000001", "+86 154****0001"),
        ("sip:+8615400000001@trunk.example", "+86 154****0001"),
        ("+85200000001", "+852****0001"),
        ("12345", "****45"),
        ("000000000000000000", "****00"),
        ("anonymous", UNSHOWN),
        ("unknown", UNSHOWN),
        ("", UNSHOWN),
        ("+266696687", UNSHOWN),
        ("+8656696", UNSHOWN),
        ("client:wang", UNSHOWN),
    ],
)
def test_a_callers_number_is_masked(number: str, shown: str) -> None:
    assert mask(number) == shown


@given(
    st.from_regex(r"\+86[1-9]\d{8,10}", fullmatch=True) | st.from_regex(r"\+[1-79]\d{9,13}", fullmatch=True)
)
def test_no_mask_ever_shows_more_than_the_region_and_four_digits(number: str) -> None:
    shown = mask(number)
    assert shown == UNSHOWN or sum(letter.isdigit() for letter in shown) <= 2 + 3 + 4


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("+8677100000002", "+86 771 0000 0002"),
        ("+862000000001", "+86 20 0000 0001"),
        ("+861000000001", "+86 10 0000 0001"),
        ("+865580000001", "+86 558 000 0001"),
        ("+8615400000002", "+86 154 0000 0002"),
        ("+85200000001", "+85200000001"),
        ("sip:901@pbx.example.cn", "sip:901@pbx.example.cn"),
        ("12345", "12345"),
    ],
)
def test_a_number_is_read_in_groups(number: str, read: str) -> None:
    assert grouped(number) == read


@given(st.sampled_from(DIRECTORY.lines))
def test_a_spaced_number_is_still_the_same_number(line: Line) -> None:
    assert e164(spaced(line.number)) == line.number
