import re

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from ui import samples


def render(source, **context):
    html = (
        engines["django"]
        .from_string("{% load ui %}" + source)
        .render(context, RequestFactory().get("/?q=sea&page=2"))
    )
    return re.sub(r"\s+", " ", html).strip()


def test_a_misspelt_icon_is_an_error():
    with pytest.raises(TemplateSyntaxError, match="flim"):
        render('{% icon "flim" %}')


def test_an_icon_beside_words_is_hidden_from_screen_readers_and_a_lone_one_has_a_name():
    assert 'aria-hidden="true"' in render('{% icon "film" %}')
    assert 'role="img" aria-label="Film"' in render('{% icon "film" label="Film" %}')


@pytest.mark.parametrize("letter", "AHMUNX")
def test_a_state_is_told_by_letter_and_word_besides_its_colour(letter):
    found = render("{% state_badge letter %}", letter=letter)

    assert f'data-state="{letter}"' in found
    assert f"<b>{letter}</b>" in found


def test_the_gauge_never_stands_without_its_words():
    found = re.sub("<[^>]+>", "", render("{% gauge 0.28 0.34 cap=0.4 %}")).replace("\xa0", " ")

    assert (
        found.split("AI")[-2:] == ["28–34 % ", " · cap 40 % · within "]
        or "28–34 % AI · cap 40 % · within" in found
    )


@pytest.mark.parametrize(
    "tag", ["{% badge text %}", "{% message text %}", "{% card title=text %}{% endcard %}"]
)
def test_what_people_typed_is_escaped(tag):
    assert "<script>" not in render(tag, text="<script>alert(1)</script>")


def test_a_figure_cannot_close_its_script():
    found = render("{% chart figure %}", figure={"data": [{"name": "</script><b>"}]})

    assert "</script><b>" not in found


def test_names_of_sources_are_escaped_in_the_strip():
    film = samples.assessment()
    film["planes"]["picture"]["segments"][0]["sources"][0]["id"] = '"><img src=x>'

    assert "<img src=x>" not in render("{% strip assessment=film %}", film=film)


def test_a_field_ties_its_help_and_its_errors_to_the_input():
    class Form(forms.Form):
        cap = forms.IntegerField(max_value=100, help_text="Per cent.")

    found = render("{% field form.cap %}", form=Form({"cap": 140}))

    assert 'aria-describedby="id_cap_helptext id_cap_error"' in found
    assert 'id="id_cap_helptext">Per cent.' in found
    assert 'id="id_cap_error"' in found
    assert 'aria-invalid="true"' in found


def test_a_radio_group_is_a_fieldset_with_a_legend():
    class Form(forms.Form):
        over = forms.ChoiceField(choices=[("a", "Ask")], widget=forms.RadioSelect, label="Over the cap")

    found = render("{% field form.over %}", form=Form())

    assert found.startswith("<fieldset")
    assert "<legend>Over the cap</legend>" in found


def test_pages_keep_the_other_parts_of_the_query():
    found = render("{% pages page %}", page=Paginator(range(30), 10).page(2))

    assert re.findall(r'href="([^"]+)"', found)[0] == "?q=sea&amp;page=1"


def test_a_table_names_its_cells_for_phones():
    found = render("{% data_table columns rows %}", columns=["Film", "Share"], rows=[["Salt", "5"]])

    assert '<th scope="row">Salt</th><td data-label="Share">5</td>' in found


def test_a_row_shorter_than_the_head_is_an_error():
    with pytest.raises(ValueError):
        render("{% data_table columns rows %}", columns=["Film", "Share"], rows=[["Salt"]])


def test_the_to_do_list_stands_only_while_the_verdict_is_open():
    open_verdict = samples.assessment()["verdict"]

    assert "worth 12" in render("{% todo verdict 25 %}", verdict=open_verdict)
    assert render("{% todo verdict 25 %}", verdict=open_verdict | {"result": "within"}) == ""


@pytest.mark.parametrize(
    ("name", "letters"), [("Alice Brown", "AB"), ("王晓明", "晓明"), ("bob", "BO"), ("", "?")]
)
def test_initials_fit_an_avatar_in_both_languages(name, letters):
    assert render("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(
    ("source", "words"),
    [("{{ 64.48|timecode }}", "00:01:04:12"), ("{{ None|timecode }}", ""), ("{{ 0.34|share }}", "34 %")],
)
def test_filters_say_times_and_shares(source, words):
    assert render(source).replace("\xa0", " ") == words
