# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Ethics, data card, model card
#
# What the methods in this book cannot show, for whom they fail, and what they must not be used for.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import pandas as pd

from fer_lib import data as datasets
from fer_lib import experiment, faces, metrics, page, plots, profiles
from fer_lib.intervals import bootstrap

plots.use_style()
run = experiment.need(experiment.Experiment("dual_task", data, data_root, profile, seed))
scale = profiles.get(run.about["profile"])
about = run.about
face_data = experiment.load_data(
    experiment.Experiment("dual_task", data, data_root, scale.name, seed)
)
page.header_of_run(about)

# %% [markdown]
# ## What cannot be concluded
#
# Reading emotion from a face is contested science. People in the same state make different faces,
# and the same face stands for different states; a review of the evidence {cite}`barrett2019` finds
# the link too weak and too dependent on context to infer one from the other. Whether an expression
# is *genuine* is harder still: in the paper genuine expressions were induced and fake ones directed,
# and one annotator then labelled faces by written criteria. A model that agrees with such labels may
# have learnt the situation or the criteria; it has not been shown to read the person's state.
#
# On rendered faces the position is simpler and weaker. The expression was planted; a model that
# finds it has shown that it can find what was planted. **Nothing here shows that anyone can detect
# human deceit.**
#
# ## What the law says
#
# In the European Union, the AI Act ({cite}`aiact2024`, Article 5(1)(f)) prohibits systems
# that infer emotions of people at work or in education, save for medical or safety reasons. The
# paper names e-learning and surveillance as uses. This book does not, and its code should not be
# taken there.

# %% [markdown]
# ## For whom the model fails
#
# Tone, sex and age of rendered subjects are drawn independently of each other and of the expression, and
# tone also of the shape of the head. A gap between skin tones is therefore chance, or a fault of the
# picture or of the model; sex and age change the head and its wrinkles, so a gap there may also lie in
# how the generator draws them. None is a difference between people. Photographs come without these
# factors.

# %% tags=["hide-input"]
which = "rendered_test" if "rendered_test" in set(run.predictions["set"]) else "test"
held = run.predictions[run.predictions["set"] == which].reset_index(drop=True)
if which == "rendered_test":
    subjects = datasets.load("rendered_test", n_subjects=scale.test_subjects).table
    factors = subjects.set_index("image_id").loc[held["image_id"], ["sex", "age", "tone"]]
    factors["age"] = pd.cut(
        factors["age"].astype(float),
        [0, 35, 50, 120],
        labels=["under 35", "35 to 50", "over 50"],
    )
    emotion = metrics.judged(held, "emotion")
    authenticity = metrics.judged(held, "authenticity")
    rows = []
    for factor in ("tone", "sex", "age"):
        for value, places in (
            factors.reset_index(drop=True).groupby(factor, observed=True).groups.items()
        ):
            at = places.to_numpy()

            def scores(chosen, at=at):
                """Return both heads' scores on some rows of one group."""
                rows_of = at[chosen]
                return {
                    "emotion accuracy": float(
                        (emotion.truth[rows_of] == emotion.guess[rows_of]).mean()
                    ),
                    "authenticity AUC": metrics.auc(
                        authenticity.truth[rows_of], authenticity.score[rows_of]
                    ),
                }

            found = bootstrap(emotion.groups[at], scores, scale.bootstrap, seed)
            rows.append(
                {
                    "factor": factor,
                    "value": str(value),
                    "subjects": len(set(emotion.groups[at])),
                    **found,
                }
            )
    by_group = pd.DataFrame(rows)
    page.table(by_group, "The dual-task model by tone, sex and age of the subjects", index=False)
    for score in ("emotion accuracy", "authenticity AUC"):
        gaps = []
        for factor, part in by_group.groupby("factor", sort=False):
            ranked = part.sort_values(score, key=lambda column: [one.value for one in column])
            worst, best = ranked.iloc[0], ranked.iloc[-1]
            apart = worst[score].high < best[score].low
            gaps.append((best[score].value - worst[score].value, factor, worst, best, apart))
        size, factor, worst, best, apart = max(gaps, key=lambda gap: gap[0])
        page.say(
            f"The largest gap in {score} is by {factor}: {worst[score]} for {worst['value']}, "
            f"{best[score]} for {best['value']}; the two intervals "
            f"{'do not meet' if apart else 'overlap'}."
        )
else:
    page.say(
        "The photographs come without tone, sex and age; the comparison can be made on rendered "
        "faces only."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the dual-task model's emotion accuracy and authenticity AUC for light, medium and dark skin, for female and male, and for three ages, with intervals."}}
if which == "rendered_test":
    chart = by_group.set_index(by_group["factor"] + ": " + by_group["value"])
    figure = plots.intervals(chart[["emotion accuracy", "authenticity AUC"]], "score")

# %% [markdown]
# ## Data card

# %% tags=["hide-input"]
spec = faces.RENDERED46
if face_data.kind == "photographs":
    used = {
        "name": f"{face_data.name}, the reader's own copy",
        "images": f"{len(face_data.table):,}, in {face_data.table['group'].nunique():,} groups",
        "groups": face_data.group_kind,
        "people in it": "not known: no subject ids, so people may recur in training and test",
        "sha256": face_data.sha256[:16],
        "not for": "claims about people; training a system that judges people",
    }
    page.table(
        pd.DataFrame({"entry": used}).rename_axis("data card"), "Data card of the photographs"
    )
card = {
    "name": "rendered46 (embedded) and rendered_test (further subjects)",
    "what": "rendered faces with seven emotions, each genuine or acted",
    "subjects": f"{spec.n_subjects} ({spec.n_male} male, {spec.n_female} female)",
    "images": f"{spec.n_images:,}, {spec.size} × {spec.size} pixels, RGB",
    "further subjects": f"{faces.RENDERED_TEST.n_subjects}, {faces.RENDERED_TEST.n_images:,} images",
    "generator": f"fer_lib.faces, version {faces.GENERATOR_VERSION}, difficulty {spec.difficulty:g}",
    "source of the head": "MakeHuman base mesh and targets, CC0",
    "labels": "known by construction: emotion, authenticity, action units, landmarks, truth maps",
    "people in it": "none: no face is of a person who exists",
    "not for": "claims about people; training a system that judges people",
}
page.table(
    pd.DataFrame({"entry": card}).rename_axis("data card"), "Data card of the rendered faces"
)

# %% [markdown]
# ## Model card

# %% tags=["hide-input"]
found = {
    head: metrics.head_scores(held, head, scale.bootstrap, seed)
    for head in ("emotion", "authenticity")
}
card = {
    "model": f"dual-task model, {about['weights']['architecture']} with squeeze-and-excitation",
    "start": f"{about['weights']['name']}, licence {about['weights']['licence']}",
    "parameters": f"{about['parameters']:,}",
    "trained on": f"{about['images']['train']:,} images of {about['groups']['train']} groups, "
    f"{about['data']}",
    "chosen on": f"{about['images']['val']:,} images of {about['groups']['val']} other groups",
    "evaluated on": f"{which}, {len(held):,} images of {held['group'].nunique()} groups",
    "emotion accuracy": str(found["emotion"]["accuracy"]),
    "authenticity AUC": str(found["authenticity"]["AUC"]),
    "intervals": f"level 95 %, resampling groups ({about['group_kind']}); one seed of training",
    "for": "studying methods of recognition and explanation",
    "not for": "judging, grading, hiring, watching or interrogating people; medical use",
    "profile, seed": f"{scale.name}, {about['seed']}",
}
page.table(pd.DataFrame({"entry": card}).rename_axis("model card"), "Model card")
