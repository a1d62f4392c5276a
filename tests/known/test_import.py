"""A labelled set comes in line by line: whole pairs, each once, and a sentence for everything that is wrong."""

from __future__ import annotations

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories import a_picture
from verification.audit.events import Event
from verification.audit.models import Entry
from verification.intake import known_list, known_pairs
from verification.intake.containers import MAX_BYTES
from verification.intake.known_list import BadSet
from verification.known.models import KnownPair

from .listed import PERMISSION, a_set, taken_in

pytestmark = pytest.mark.django_db

GOOD = ("a.png", "b.png", "yes", "yes")
OTHER = ("c.png", "d.png", "no", "yes")


def problems(directory: Path) -> list[tuple[int, str]]:
    return [(problem.line, problem.sentence) for problem in taken_in(directory).problems]


def entries(event: Event) -> list[dict[str, Any]]:
    return [json.loads(entry.body)["facts"] for entry in Entry.objects.filter(event=event).order_by("id")]


def test_a_set_comes_in_with_its_answers(tmp_path: Path) -> None:
    done = taken_in(a_set(tmp_path, GOOD, OTHER, ("a.png", "d.png", "YES", " no ")))
    assert (done.pairs, done.impostors, done.there_before, done.problems) == (3, 2, 0, [])
    answers = KnownPair.objects.values_list("same", "live")
    assert sorted(answers) == [(False, True), (True, False), (True, True)]


def test_what_was_taken_in_is_in_the_log_without_the_words_of_the_permission(tmp_path: Path) -> None:
    taken_in(a_set(tmp_path, GOOD, OTHER))
    digest = sha256(PERMISSION.encode()).hexdigest()
    assert entries(Event.KNOWN_IMPORTED) == [
        {"set": "volunteers", "pairs": 2, "impostors": 1, "permission_sha256": digest}
    ]
    assert set(KnownPair.objects.values_list("permitted_by", flat=True)) == {PERMISSION}


def test_importing_again_adds_only_what_is_new(tmp_path: Path) -> None:
    files = {name: (a_picture((number, 9, 9))) for number, name in enumerate(("a.png", "b.png", "c.png", "d.png"))}
    taken_in(a_set(tmp_path, GOOD, files=files))
    done = taken_in(a_set(tmp_path, GOOD, OTHER, files=files))
    assert (done.pairs, done.there_before) == (1, 1)
    assert KnownPair.objects.count() == 2


def test_more_pairs_than_one_child_decodes_all_come_in(tmp_path: Path) -> None:
    rows = [(f"r{number}.png", f"l{number}.png", "yes", "yes") for number in range(known_pairs._AT_ONCE + 3)]
    assert taken_in(a_set(tmp_path, *rows)).pairs == len(rows)
    assert sum(facts["pairs"] for facts in entries(Event.KNOWN_IMPORTED)) == len(rows)


def test_a_line_that_lists_a_pair_again_changes_nothing(tmp_path: Path) -> None:
    done = taken_in(a_set(tmp_path, GOOD, GOOD))
    assert (done.pairs, done.there_before, done.problems) == (1, 1, [])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("a.png", "b.png", "perhaps", "yes"), "same_person is 'perhaps'; it must be yes or no."),
        (("a.png", "b.png", "yes", ""), "alive is ''; it must be yes or no."),
        (("a.png", "b.png", "yes"), "this line must have 4 fields."),
        (("a.png", "b.png", "yes", "yes", "a note"), "this line must have 4 fields."),
        (("a.png", "", "yes", "yes"), "a file name is missing."),
        (("a.png", "a.png", "yes", "yes"), "both images are the same file, which nobody could mistake."),
    ],
)
def test_a_wrong_line_is_named_and_keeps_no_other_back(tmp_path: Path, row: tuple[str, ...], sentence: str) -> None:
    assert problems(a_set(tmp_path, OTHER, row)) == [(3, sentence)]
    assert KnownPair.objects.count() == 1


@pytest.mark.parametrize("missing", ["a.png", "b.png"])
def test_a_missing_file_leaves_nothing_of_its_pair(tmp_path: Path, missing: str) -> None:
    a_set(tmp_path, OTHER, GOOD)
    (tmp_path / missing).unlink()
    assert problems(tmp_path) == [(3, f"'{missing}' is not there, or is not a file.")]
    assert KnownPair.objects.count() == 1


def test_a_truncated_image_leaves_nothing_of_its_pair(tmp_path: Path) -> None:
    whole = a_picture((1, 2, 3))
    a_set(tmp_path, OTHER, GOOD, files={"b.png": whole[: len(whole) // 2]})
    ((line, sentence),) = problems(tmp_path)
    assert line == 3
    assert sentence.startswith("'b.png': The image file ")
    assert KnownPair.objects.count() == 1


def test_a_file_that_is_no_picture_is_named_with_its_reason(tmp_path: Path) -> None:
    a_set(tmp_path, GOOD, files={"a.png": b"%PDF-1.7", "b.png": b""})
    assert problems(tmp_path) == [
        (2, "'a.png': The file is not an ordinary JPEG, PNG or WebP picture. 'b.png': The image has no bytes.")
    ]


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    a_set(tmp_path, GOOD)
    with (tmp_path / "b.png").open("wb") as file:
        file.truncate(1000 * MAX_BYTES)
    assert problems(tmp_path) == [(2, "'b.png': The image file is larger than 10 MB.")]


@pytest.mark.parametrize("name", ["../outside.png", "/etc/hostname", "link.png"])
def test_a_name_that_leads_out_of_the_directory_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.png").write_bytes(a_picture())
    directory = a_set(tmp_path / "set", ("a.png", "b.png", "yes", "yes"))
    (directory / "link.png").symlink_to(tmp_path / "outside.png")
    (directory / "pairs.csv").write_text(f"reference,live,same_person,alive\na.png,{name},yes,yes\n")
    assert problems(directory) == [(2, f"'{name}' lies outside the set's directory.")]
    assert not KnownPair.objects.exists()


def test_a_link_that_leads_to_itself_is_refused(tmp_path: Path) -> None:
    directory = a_set(tmp_path, GOOD)
    (directory / "b.png").unlink()
    (directory / "b.png").symlink_to(directory / "b.png")
    ((line, sentence),) = problems(directory)
    assert line == 2
    assert sentence.startswith("'b.png' is")


def test_a_name_longer_than_a_file_can_have_is_refused(tmp_path: Path) -> None:
    a_set(tmp_path, GOOD)
    (tmp_path / "pairs.csv").write_text(f"reference,live,same_person,alive\na.png,{'x' * 5000},yes,yes\n")
    ((_, sentence),) = problems(tmp_path)
    assert "cannot be read: File name too long." in sentence
    assert len(sentence) < 200


def test_a_pair_with_two_answers_is_refused_in_one_list_and_against_the_stock(tmp_path: Path) -> None:
    files = {"a.png": a_picture((1, 1, 1)), "b.png": a_picture((2, 2, 2))}
    contradicted = ("a.png", "b.png", "no", "yes")
    assert problems(a_set(tmp_path, GOOD, contradicted, files=files)) == [
        (3, "line 2 lists this pair with another answer.")
    ]
    assert problems(a_set(tmp_path, contradicted, files=files)) == [
        (2, "this pair is in stock with another answer, in the set volunteers.")
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "must name the columns reference, live, same_person, alive, each once"),
        (b"reference,probe,mated\na.png,b.png,1\n", "must name the columns"),
        (b"reference,live,same_person,alive\n", "lists no pair"),
        (b"\xff\xfe\x00r", "is not UTF-8 text"),
        (b"reference,live,same_person,alive\na\x00,b,yes,yes\n", "holds a zero byte"),
        (b'reference,live,same_person,alive\na,b,yes,yes\n"a,b,yes,yes', "line 3: this cannot be read as CSV"),
        (b"reference,live,same_person,alive\n" + b"x" * 200_000, "line 2: this cannot be read as CSV"),
        (b"a" * (known_list.MAX_LIST_BYTES + 1), "is larger than 4 MB"),
    ],
)
def test_a_list_that_cannot_be_used_takes_nothing_in(tmp_path: Path, content: bytes, sentence: str) -> None:
    a_set(tmp_path, GOOD)
    (tmp_path / "pairs.csv").write_bytes(content)
    with pytest.raises(BadSet, match=sentence):
        taken_in(tmp_path)
    assert not KnownPair.objects.exists()
    assert not Entry.objects.exists()


def test_a_directory_without_a_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"pairs\.csv cannot be read: No such file or directory"):
        taken_in(tmp_path / "nowhere")


def test_what_a_list_says_cannot_command_the_terminal(tmp_path: Path) -> None:
    a_set(tmp_path, GOOD)
    hostile = "\x1b]0;owned\x07\u202e.png"
    (tmp_path / "pairs.csv").write_text(f"reference,live,same_person,alive\na.png,{hostile},yes,yes\n")
    ((_, sentence),) = problems(tmp_path)
    assert sentence.isprintable()


def test_columns_may_stand_in_any_order_and_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    a_set(tmp_path, GOOD)
    content = "\ufeffalive,same_person,live,reference\r\n\r\nno,yes,b.png,a.png\r\n"
    (tmp_path / "pairs.csv").write_text(content, encoding="utf-8", newline="")
    assert taken_in(tmp_path).pairs == 1
    assert KnownPair.objects.filter(same=True, live=False).count() == 1


@pytest.mark.parametrize("statement", ["", "   ", "two\nlines", "x" * 301])
def test_nothing_is_taken_in_without_a_word_on_who_permits_it(tmp_path: Path, statement: str) -> None:
    with pytest.raises(BadSet, match="Say who permits"):
        taken_in(a_set(tmp_path, GOOD), permitted_by=statement)
    assert not KnownPair.objects.exists()


@pytest.mark.parametrize("name", ["", "Anna's friends", "-x", "x" * 65, "a\n"])
def test_a_name_that_could_say_something_is_kept_out_of_the_log(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSet, match="small letters, digits and hyphens"):
        taken_in(a_set(tmp_path, GOOD), set_name=name)


def test_the_command_imports_lists_and_says_which_lines_it_left_out(tmp_path: Path) -> None:
    out, err = StringIO(), StringIO()
    a_set(tmp_path, GOOD, OTHER, ("e.png", "f.png", "maybe", "yes"))
    with pytest.raises(CommandError, match="1 line was not taken"):
        call_command(
            "known_cases", "import", str(tmp_path), "--set", "volunteers", "--permitted-by", PERMISSION,
            stdout=out, stderr=err,
        )  # fmt: skip
    assert "2 pairs imported, 1 of them to be answered with no." in out.getvalue()
    assert "pairs.csv, line 4: same_person is 'maybe'" in err.getvalue()
    call_command("known_cases", "list", stdout=out)
    assert "volunteers: 1 genuine, 1 impostors, 2 ready" in out.getvalue()
    assert f"permitted by {PERMISSION}" in out.getvalue()


def test_the_command_wants_to_know_who_permits_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--permitted-by"):
        call_command("known_cases", "import", str(a_set(tmp_path, GOOD)), "--set", "volunteers")


def test_an_empty_stock_says_what_follows() -> None:
    out = StringIO()
    call_command("known_cases", "list", stdout=out)
    assert out.getvalue() == "The stock is empty: no known case can be made.\n"
