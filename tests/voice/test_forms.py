"""Our reading of a form is the standard library's, only faster."""

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from routes.voice import REMEMBERED_FIELDS, USUAL_FIELD, read_form, remembered_fields

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(TEXT.filter(bool), TEXT, min_size=1, max_size=8))
def test_a_form_is_read_as_the_standard_library_reads_it(form: dict[str, str]) -> None:
    body = urlencode(form).encode()
    assert read_form(body) == dict(parse_qsl(body.decode(), keep_blank_values=True)) == form


def test_what_nobody_usually_sends_is_read_and_not_remembered() -> None:
    """Forms are read before their signature is looked at: a stranger's must not fill the memory."""
    before = remembered_fields()
    for n in range(10):
        assert read_form(f"Body={n}{'x' * USUAL_FIELD}".encode()) == {"Body": f"{n}{'x' * USUAL_FIELD}"}
    assert remembered_fields() == before <= REMEMBERED_FIELDS
