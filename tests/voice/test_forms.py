"""Our reading of a form is the standard library's, only faster."""

from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from routes.voice import read_form

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(TEXT.filter(bool), TEXT, min_size=1, max_size=8))
def test_a_form_is_read_as_the_standard_library_reads_it(form: dict[str, str]) -> None:
    body = urlencode(form).encode()
    assert read_form(body) == dict(parse_qsl(body.decode(), keep_blank_values=True)) == form
