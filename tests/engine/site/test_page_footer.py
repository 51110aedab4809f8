"""A page says what made it: a banner, a footer, and the files they lead to."""

from types import SimpleNamespace

import pytest

from engine.page import header, study_registry
from engine.site import page_footer
from fer_lib.training import config
from tests.helpers.records import RENDERED, RUN, SHA, record_of, soup, text_of

PUBLISHED = ("run.json", "history.csv", "predictions.parquet")  # of a run: not its weights


def kept(site):
    """Return a file of verdicts beside a site."""
    file = site.with_name("verdicts.json")
    file.write_text("[]")
    return file


def test_the_banner_states_profile_data_and_seed_and_leads_to_the_footer():
    record = record_of()
    banner = soup(page_footer.banner(record))
    assert "profile book" in banner.get_text()
    assert "rendered46 (0f3a0f3a0f3a)" in banner.get_text()
    assert "seed 3" in banner.get_text()
    (link,) = banner.find_all("a")
    assert soup(page_footer.footer(record, RENDERED, "..")).find(id=link["href"].removeprefix("#"))


def test_the_banner_warns_of_what_the_page_was_made_with():
    assert header.RENDERED_NOTE in text_of(page_footer.banner(record_of()))
    smoke = text_of(page_footer.banner(record_of("smoke")))
    assert header.SMOKE_NOTE in smoke
    near = text_of(page_footer.banner(record_of("book", "gffd2025", "near-duplicate")))
    assert header.NEAR_DUPLICATE_NOTE in near
    assert "rendered" not in near
    full = text_of(page_footer.banner(record_of("paper")))
    assert header.RENDERED_NOTE in full


def test_real_data_and_the_protocol_of_the_paper_need_no_banner():
    record = record_of("paper", "gffd2025", "near-duplicate")
    assert page_footer.banner(record) == ""
    assert header.NEAR_DUPLICATE_NOTE in text_of(page_footer.footer(record, RENDERED, ".."))
    random = record_of("paper", "gffd2025", random_start=True)
    assert header.RANDOM_NOTE in text_of(page_footer.banner(random))


def test_a_page_that_states_nothing_is_told_by_its_parameters():
    record = record_of() | {"provenance": []}
    assert "data rendered46 " in text_of(page_footer.banner(record))
    assert header.RENDERED_NOTE in text_of(page_footer.banner(record))
    assert "rendered46" in text_of(page_footer.footer(record, RENDERED, ".."))


def test_the_footer_says_what_the_record_says():
    footer = soup(page_footer.footer(record_of(), RENDERED, ".."))
    said = {
        row.dt.get_text(): " ".join(row.dd.get_text(" ").split())
        for row in footer.select("dl > div")
    }
    assert "1c4c876abcde" in said["Commits"]
    assert "0123456789ab" in said["Commits"]
    assert said["Computed"] == "2026-11-21 12:00 UTC, in 41.2 s"
    assert said["Profile"] == "book"
    assert said["Data"] == f"rendered46 {SHA}"
    assert said["Seed"] == "3"
    assert said["Machine"] == "Processor <b>9000</b>, 2 cores"
    assert said["Threads"] == "1"
    assert RUN in said["Files"]
    assert (said["Python"], said["torch"]) == ("3.11.7", "2.13.0")
    assert footer.select_one(".measurement").get_text() == said["Computed"]


def test_the_footer_is_one_block_of_html_in_markdown():
    assert "\n" not in page_footer.footer(record_of(), RENDERED, "..")
    assert "\n" not in page_footer.banner(record_of())


@pytest.mark.parametrize(
    ("computed", "rendered", "says", "not_says"),
    [
        (("a" * 12, False), ("a" * 12, False), "Computed and rendered at", "odified"),
        (("a" * 12, False), ("b" * 12, False), page_footer.UNCHANGED, "odified"),
        (("a" * 12, True), ("a" * 12, True), "(modified). Modified:", page_footer.UNCHANGED),
        (("a" * 12, True), ("a" * 12, False), page_footer.UNCHANGED, "rendered at commit unknown"),
        (("unknown", False), ("b" * 12, False), "at an unknown commit", "odified"),
    ],
)
def test_commits_are_told_in_words(computed, rendered, says, not_says):
    state = [dict(zip(("commit", "modified"), s, strict=True)) for s in (computed, rendered)]
    record = record_of()
    record["computed"] |= state[0]
    told = text_of(page_footer.commits(record, state[1])).replace(" .", ".")
    assert says in told
    assert not_says not in told


def test_every_link_of_the_footer_leads_to_a_published_file(tmp_path):
    page, run = tmp_path / "store" / "page", tmp_path / "store" / RUN
    for folder, names in ((page, ("record.json", "page.ipynb")), (run, PUBLISHED)):
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text(name)
    (run / "weights.safetensors").write_text("too large for a site")
    jobs = [
        SimpleNamespace(kind="page", name="diya2026/cnn_baseline", place=lambda: page),
        SimpleNamespace(
            kind="run",
            folder=f"runs/{RUN}",
            stage=SimpleNamespace(contents=config.RUN_FILES),
            place=lambda: run,
        ),
        SimpleNamespace(kind="data", name="a set", place=lambda: tmp_path / "none"),
    ]
    site = tmp_path / "site"
    (site / "notebooks").mkdir(parents=True)
    page_footer.publish(jobs, kept(site), site)
    links = soup(page_footer.footer(record_of(), RENDERED, "..")).find_all("a")
    assert len(links) == 2 + len(PUBLISHED)
    assert all((site / "notebooks" / link["href"]).resolve().is_file() for link in links)
    assert {path.name for path in site.glob("runs/*/*")} == set(PUBLISHED)


def test_of_a_study_the_site_carries_the_tables_and_the_footer_leads_to_them(tmp_path):
    study = study_registry.get("micro_features")
    folder = tmp_path / "store" / "micro_features-key"
    folder.mkdir(parents=True)
    for name in study.contents:
        (folder / name).write_text(name)
    site = tmp_path / "site"
    job = SimpleNamespace(kind="study", stage=study, place=lambda: folder)
    job.folder = f"studies/{folder.name}"
    page_footer.publish([job], kept(site), site)
    carried = sorted(path.name for path in site.glob("studies/micro_features-key/*"))
    assert carried == ["about.json", "table.parquet"]  # not the features, which are large
    (site / "notebooks").mkdir()
    links = soup(page_footer.study_links(study.name, folder.name, "..")).find_all("a")
    assert sorted(link.get_text() for link in links) == carried
    assert all((site / "notebooks" / link["href"]).resolve().is_file() for link in links)


def test_many_runs_are_folded_and_each_is_still_there():
    few, many = record_of(), record_of()
    few["runs"] = {f"arm, seed {k}": f"run-{k}" for k in range(page_footer.MANY)}
    many["runs"] = few["runs"] | {"one more, seed 0": "run-more"}
    folded = [soup(page_footer.files(record, "..")).details for record in (few, many)]
    assert folded[0] is None
    assert folded[1].summary.get_text() == f"{page_footer.MANY + 1} runs"
    for folder in many["runs"].values():
        for name in PUBLISHED:
            assert folded[1].find("a", href=f"../runs/{folder}/{name}")
