"""Exports of one's own corpus: what is read of them, what is dropped, what is refused."""

import itertools
import re

import pytest

from engine.store import paths
from fer_lib.papers.huang2025.literature import corpus
from fer_lib.papers.huang2025.literature.corpus import CorpusError

ABSTRACT = "Faces move briefly. " * 20
BIB = r"""Exported on a Monday
@string{venue = "Journal"}
@article{one, title = {The {CAS(ME)} set and caf\'{e} faces}, journal = venue, year = 2020,
  abstract = {We reach 95% on faces, 5\% more}, doi = {https://doi.org/10.1/ABC}}
@inproceedings{two, title = "Second " # "work", month = may}
"""
RIS = """TY  - JOUR
TI  - The CAS(ME) set and café faces
AB  - We reach 95% on faces, 5% more
DO  - 10.1/abc
ER  -
TY  - CONF
T1  - Second work
ER  -
"""
CSV = """Title,Abstract,DOI
The CAS(ME) set and café faces,"We reach 95% on faces, 5% more",10.1/abc
Second work,[No abstract available],
"""


def written(folder, name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.bib", BIB),
        ("a.bib", "\ufeff" + BIB),
        ("a.ris", RIS),
        ("a.ris", ("\ufeff" + RIS).replace("\n", "\r\n")),
        ("a.ris", RIS.replace("TY  - CONF", "\n\ufeffTY  - CONF")),  # two files joined into one
        ("a.RIS", RIS.replace("\n", "\r\n")),
        ("a.csv", CSV),
        ("a.csv", "\ufeff" + CSV),
        ("a.csv", "\ufeffsep=,\r\n" + CSV.replace("\n", "\r\n")),
        ("a.csv", CSV.replace("available],", "available]")),  # Excel leaves out empty ends
        (
            "a.csv",
            'article title;abstract\n"The CAS(ME) set and café faces";"We reach 95% on faces, '
            '5% more"\nSecond work;\n',
        ),
    ],
)
def test_every_format_gives_the_same_texts(tmp_path, name, text):
    read = corpus.read(written(tmp_path, name, text))
    first, second = read.documents
    assert first.title == "The CAS(ME) set and café faces"
    assert first.text == "We reach 95% on faces, 5% more"  # the abstract, where there is one
    assert second.text == second.title == "Second work"
    assert first.doi in ("10.1/abc", "") and read.name == name
    assert read.words == 9 and read.abstracts == 1 and read.duplicates == ()


def test_a_work_is_counted_once_and_the_record_with_an_abstract_is_kept(tmp_path):
    text = f"""Title,Abstract,DOI
A face,,10.1/x
Other,,
A  FACE!,{ABSTRACT},
Third,,https://doi.org/10.1/X
Other,,10.1/y
,,
"""
    read = corpus.read(written(tmp_path, "a.csv", text))
    assert [one.key for one in read.documents] == ["record 3", "record 2"]
    assert read.duplicates == (
        ("record 1", "record 3"),
        ("record 4", "record 3"),
        ("record 5", "record 2"),
    )
    assert read.without_text == 1


def test_a_title_leads_to_one_work_in_every_order_of_the_records(tmp_path):
    rows = ["A,,10.1/a", "B,,", "B,,10.1/a", "B,x y,"]
    for order in itertools.permutations(rows):
        text = "title,abstract,doi\n" + "\n".join(order)
        read = corpus.read(written(tmp_path, "a.csv", text))
        assert [one.abstract for one in read.documents] == ["x y"]
        best = f"record {order.index('B,x y,') + 1}"
        assert {kept for _, kept in read.duplicates} == {best} and len(read.duplicates) == 3


def test_two_works_of_one_title_are_told_apart_by_their_dois(tmp_path):
    text = (
        "title,abstract,doi\nEditorial,,10.1/a\nEditorial,One two,10.1/b\nEditorial,,\n?,,\n!,,\n"
    )
    read = corpus.read(written(tmp_path, "a.csv", text))
    assert [one.key for one in read.documents] == [f"record {n}" for n in (1, 2, 4, 5)]
    assert read.duplicates == (("record 3", "record 1"),)


def test_abstracts_on_several_lines_of_ris_are_joined_and_none_comes_twice(tmp_path):
    text = """Provider: somebody

TY  - JOUR

AB  - Faces move.
AB  - Lips
 part.
AB  - Faces move.
N2  - another
TI  -
T1  - A title
over two lines
N1  - a note
that goes on
DO  - 10.1/a
DO  - 10.1/b
ER  -

TY  - JOUR

N2  - Third
ER  -
"""
    first, second = corpus.read(written(tmp_path, "a.ris", text)).documents
    assert first.text == "Faces move. Lips part." and first.title == "A title over two lines"
    assert first.doi == "10.1/a"
    assert (second.title, second.text, second.doi) == ("", "Third", "")


@pytest.mark.parametrize(
    "head",
    [
        '"Title";"Abstract, in English, or, if none, Summary";Abstract\n',
        "sep=;\nTitle;Notes, in, three, parts;Abstract\n",
        '"SEP=|"\r\nTitle|Notes|Abstract\r\n',
        "sep=\t\n\nTitle\t Notes\tAbstract\n",
        '\nTitle, "Notes, and more", Abstract\n',
    ],
)
def test_the_separator_is_told_by_the_columns_that_are_known(tmp_path, head):
    separator = next(one for one in ";|\t," if re.search(rf"Title\"?[{one}]", head))
    row = f'A{separator} "more{separator} or less"{separator}"Faces ""move"",\nbriefly"\n'
    (one,) = corpus.read(written(tmp_path, "a.csv", head + row)).documents
    assert (one.title, one.abstract) == ("A", 'Faces "move", briefly')


def test_two_works_under_one_bibtex_key_are_two_works(tmp_path):
    text = "@article{z2020, title={One}}\n@article{z2020, title={Two}}\n@article{q, title={one}}"
    read = corpus.read(written(tmp_path, "a.bib", text))
    assert [one.title for one in read.documents] == ["One", "Two"]
    assert read.duplicates == (("q", "z2020"),)


def test_a_corpus_is_a_demonstration_below_a_hundred_abstracts(tmp_path):
    def of(abstracts, words):
        rows = [f"Work {n},{' '.join(['face'] * words)} {n}" for n in range(abstracts)]
        return corpus.read(written(tmp_path, "a.csv", "title,abstract\n" + "\n".join(rows)))

    assert of(100, 49).long == 100 and not of(100, 49).demonstration
    assert of(99, 49).demonstration
    assert of(100, 48).long == 0 and of(100, 48).demonstration


def test_the_default_has_every_title_of_the_references():
    text = (paths.root() / corpus.DEFAULT).read_text(encoding="utf-8")
    read = corpus.default()
    entries = len(re.findall(r"^@\w+\{", text, re.MULTILINE))
    assert len(read.documents) + len(read.duplicates) + read.without_text == entries
    assert read.demonstration and read.abstracts == 0
    assert not any("{" in one.title or "\\" in one.title for one in read.documents)
    assert "\u201cWhy Should I Trust You?\u201d: Explaining the Predictions of Any Classifier" in (
        one.title for one in read.documents
    )


BAD = {
    "a.bib, broken": ("a.bib", "@article{one, title = {A face", "mend that entry"),
    "a.bib, no value": ("a.bib", "@article{one, title = }", "line 1"),
    "a.bib, empty": ("a.bib", "", "no record is in it: check"),
    "a.bib, no bibtex": ("a.bib", "<html></html>", "check that its ending tells its format"),
    "a.bib, no text": ("a.bib", "@misc{one, year = 2020}", "export it again with these fields"),
    "a.ris, open": ("a.ris", RIS + "TY  - JOUR\nTI  - Third\n", "1 of 3 records have no end"),
    "a.ris, two open": ("a.ris", RIS.replace("ER  -\nTY", "TY", 1), "1 of 2 records have no end"),
    "a.ris, no TY": ("a.ris", "TI  - Zero\nER  -\n" + RIS, "“TI  - Zero” stands in no record"),
    "a.ris, no TY, BOM": ("a.ris", "\ufeffTI  - Zero\r\nER  -\r\n", "“TI  - Zero” stands in no"),
    "a.ris, TY lost": ("a.ris", RIS.replace("TY  - CONF\n", ""), "“T1  - Second work” stands in"),
    "a.ris, two ends": ("a.ris", RIS + "ER  -\n", "“ER  -” stands in no record: begin each"),
    "a.ris, one space": ("a.ris", RIS.replace("  -", " -"), "no record is in it"),
    "a.ris, empty": ("a.ris", "\n", "no record is in it: check"),
    "a.ris, BOM only": ("a.ris", "\ufeff", "no record is in it: check"),
    "a.csv, columns": ("a.csv", "name,year\nx,2020\n", "found: name, year): call one"),
    "a.csv, separator": ("a.csv", "title:doi\nx:y\n", "by comma, semicolon or tab"),
    "a.csv, html": ("a.csv", "<html>,\n" + "x" * 200_000, "line 2"),
    "a.csv, long head": ("a.csv", "x" * 200_000, "field limit"),
    "a.csv, ragged": (
        "a.csv",
        "title,year\nx,2020\ny,2,3,4\n",
        "line 3 has 4 fields, more than the 2",
    ),
    "a.csv, one more": (
        "a.csv",
        "title,abstract,doi\nT one,A one,10.1/x,\n",
        "delete separators at the ends of lines",
    ),
    "a.csv, no quotes": (
        "a.csv",
        "title,abstract,doi\nT, one,A one,10.1/x\nT two,A two,10.1/y\n",
        "line 2 has 4 fields, more than the 3 of the head: put quotes around",
    ),
    "a.csv, sep": ("a.csv", "sep=;\ntitle;doi\nT;one;x\n", "line 3 has 3 fields"),
    "a.csv, sep only": ("a.csv", "sep=;", "no record is in it"),
    "a.csv, open quote": ("a.csv", 'title\n"T one\nT two\n', "double the quotes"),
    "a.csv, head only": ("a.csv", "title,abstract\n", "no record is in it"),
    "a.csv, empty": ("a.csv", "", "no record is in it: check"),
    "a.csv, no text": ("a.csv", "title,abstract\n,\n", "none of 1 records"),
    "latin": ("a.csv", "title\ncafé\n".encode("latin-1"), "iconv"),
    "utf-16": ("a.ris", RIS.encode("utf-16"), "not UTF-8"),
    "format": ("a.docx", "title", "export the corpus as one of .bib, .ris, .csv"),
    "no ending": ("corpus", "title", "export the corpus as one of"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_corpus_gets_one_line_with_the_cure(tmp_path, case):
    name, text, cure = BAD[case]
    with pytest.raises(CorpusError) as caught:
        corpus.read(written(tmp_path, name, text))
    assert cure in str(caught.value) and name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "cure"),
    [("none.bib", "full path"), ("", "that you may read"), ("folder.ris", "that you may read")],
)
def test_a_missing_file_and_a_folder_are_refused(tmp_path, name, cure):
    (tmp_path / "folder.ris").mkdir()
    with pytest.raises(CorpusError, match=cure) as caught:
        corpus.read(tmp_path / name)
    assert "\n" not in str(caught.value)
