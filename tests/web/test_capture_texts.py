"""Every sentence of the person's pages exists in every language, and every sentence that a page names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from verification.web.capture.texts import LOCALES, texts

BASE = Path(settings.BASE_DIR)
TEMPLATES = sorted((BASE / "templates" / "capture").glob("*.html"))
SCRIPTS = sorted((BASE / "static" / "capture").glob("*.js"))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_language_has_every_sentence_and_none_is_empty(locale: str) -> None:
    english, other = texts("en"), texts(locale)
    assert other.keys() == english.keys()
    assert other["page"].keys() == english["page"].keys()
    assert all(sentence.strip() for sentence in [*other["page"].values(), *_words(other)])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_number_has_its_place_in_every_language(locale: str) -> None:
    with_number = {key for key, sentence in texts("en")["page"].items() if "{n}" in sentence}
    assert {key for key, sentence in texts(locale)["page"].items() if "{n}" in sentence} == with_number


def test_chinese_is_written_in_chinese() -> None:
    for locale in ("zh-hans", "zh-hant"):
        for sentence in [*texts(locale)["page"].values(), *_words(texts(locale))]:
            assert re.search(r"[一-鿿]", sentence), sentence


def test_the_two_scripts_are_not_mixed() -> None:
    simplified, traditional = ("".join(_words(texts(locale))) for locale in ("zh-hans", "zh-hant"))
    assert not set("脸们视频发您问摄") & (set(traditional) - set("您"))
    assert not set("臉們視頻發問攝鏡") & set(simplified)


def test_another_locale_reads_english() -> None:
    assert texts("fr") is texts("en")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_names_only_sentences_that_exist(template: Path) -> None:
    source = template.read_text("utf-8")
    named = set(re.findall(r"\bt\.(?!page\b)(\w+)", source))
    assert named <= texts("en").keys()
    assert set(re.findall(r"\bt\.page\.(\w+)", source)) <= texts("en")["page"].keys()


def test_every_sentence_is_used_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in TEMPLATES)
    unused = {key for key in texts("en") if not re.search(rf"\bt\.{key}\b", source)}
    assert not unused - {"page"}


def test_the_script_has_words_for_every_step_and_problem_it_names() -> None:
    page = texts("en")["page"]
    named = set(re.findall(r'words\("(\w+)"', "".join(path.read_text("utf-8") for path in SCRIPTS)))
    device = (BASE / "static/capture/device.js").read_text("utf-8")
    named |= set(re.findall(r'", "(\w+)"\]', device))
    advice = (BASE / "static/capture/advice.js").read_text("utf-8")
    named |= set(re.findall(r'(?:return|\?|:) "(\w+)"', advice))
    steps = {"turn_left", "turn_right", "look_up", "blink_twice", "open_mouth", "say_digits"}
    assert {"no_permission", "closer", "one_person", "ready"} <= named
    assert named | steps <= page.keys()


def _words(table: dict[str, object]) -> list[str]:
    return [sentence for key, sentence in table.items() if isinstance(sentence, str) and key != "lang"]
