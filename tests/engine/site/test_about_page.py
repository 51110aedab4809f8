"""The page on the build tells what made it, what failed, and whether it comes back."""

from engine.site import about_page
from engine.site.html_tables import Html, table
from engine.store import paths
from tests.helpers.records import RENDERED, RUN, SHA, record_of, run_of, soup, text_of

VERIFIED = {
    "when": "2026-11-22T09:00:00+00:00",
    "same": True,
    "pages": 7,
    "runs": 1,
    "differences": [],
    "threads": 1,
    "across": None,
    "commit": "1c4c876abcde",
}


def test_a_table_keeps_its_html_cells_and_escapes_the_others():
    made = soup(table([{"a": "<i>", "b": Html("<a href='x'>y</a>")}], "A & B", "wide"))
    assert made.th.get_text() == "a"
    assert made.select_one("tbody th").get_text() == "<i>"
    assert made.td.a["href"] == "x"
    assert made.caption.get_text() == "A & B"


def fragments(folder, records=(), runs=(), studied=(), failures=(), verified=None, **rendered):
    told = RENDERED | rendered
    about_page.fragments(
        list(records), list(runs), list(studied), list(failures), verified, told, folder
    )
    return {path.stem: text_of(path.read_text()) for path in folder.glob("*.html")}


def test_the_page_on_the_build_includes_every_part_and_no_other(tmp_path):
    told = fragments(tmp_path)
    page = (paths.root() / "book" / "about_this_build.md").read_text()
    assert set(told) == {part.split(".")[0] for part in page.split("_generated/")[1:]}


def test_the_parts_say_what_records_and_runs_say(tmp_path):
    other = record_of()
    other["computed"] = other["computed"] | {"commit": "b" * 12, "modified": True}
    told = fragments(
        tmp_path, [record_of(), other], [run_of()], build_start="2026-11-21T12:00:00.7+00:00"
    )
    assert "1c4c876abcde bbbbbbbbbbbb (modified)" in told["made"]
    assert told["made"].count("Processor <b>9000</b>") == 1
    assert SHA in told["made"]
    assert "2 pages" in told["pages"]
    assert "2026-11-21 12:00 UTC" in told["pages"]
    assert "this build" in told["pages"]
    assert (
        f"cnn_baseline {RUN} group float32 3 9 of 18 301.4 s 0f3a0f3a0f3a run.json" in told["runs"]
    )
    assert told["failed"] == "Nothing failed in this build."
    later = fragments(tmp_path, [record_of()], build_start="2026-11-21T12:00:01+00:00")
    assert "the store" in later["pages"]


def test_a_study_is_told_with_its_tables_and_without_its_features(tmp_path):
    one = {"study": "micro_features", "data": "rendered_micro", "seed": 3, "wall_seconds": 41.5}
    told = fragments(tmp_path, studied=[one | {"folder": "micro_features-x"}])["studies"]
    assert "micro_features micro_features-x rendered_micro 3 41.5 s" in told
    assert "about.json · table.parquet" in told
    assert "npy" not in told


def test_what_failed_is_named_with_its_reason(tmp_path):
    told = fragments(tmp_path, failures=[{"name": "diya2026/dual_task", "reason": "KeyError: <x>"}])
    assert "diya2026/dual_task KeyError: <x>" in told["failed"]
    assert told["pages"] == "No page was computed."
    assert told["runs"] == "No run is there."
    assert told["studies"] == "No study is there."


def test_the_outcome_of_verify_is_told(tmp_path):
    assert "not verified yet" in fragments(tmp_path)["verified"]
    same = fragments(tmp_path, verified=VERIFIED)["verified"]
    assert "reproduced 7 pages and 1 run were" in same
    assert "every output came back the same" in same
    assert "another commit" not in same
    lines = [f"page {number}: 1 and 2" for number in range(30)]
    across = {
        "threads": [1, 2],
        "probability": 1.3e-5,
        "emotion_accuracy": 0.0,
        "authenticity_auc": 0.0,
    }
    differs = VERIFIED | {"same": False, "differences": lines, "across": across, "commit": "c" * 12}
    told = fragments(tmp_path, verified=differs)["verified"]
    assert "not all came back the same" in told
    assert "30 differences, the first 20 of them" in told
    assert "page 19" in told
    assert "page 20" not in told
    assert "1.3e-05" in told
    assert "another commit" in told


def test_the_cost_of_an_arm_adds_up_its_seeds():
    runs = [run_of() | {"seed": 3}, run_of() | {"seed": 4}, run_of() | {"arm": "other"}]
    text = text_of(about_page.budget(runs))
    assert "15 minutes of training in all" in text  # three times 301.4 s
    assert "What 2 arms cost" in text
    rows = [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in soup(about_page.budget(runs)).find_all("tr")
    ]
    by_arm = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert by_arm["cnn_baseline"]["seeds"] == "2"
    assert by_arm["cnn_baseline"]["minutes"] == "10.0"
    assert by_arm["other"]["minutes"] == "5.0"
