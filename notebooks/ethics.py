# %% [markdown]
# # Ethics, data card, model card
#
# What the methods in this book cannot show, for whom they fail, and what they must not be used for.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import pandas as pd

import face_renderer as faces
from engine.page import budget, tables
from fer_lib.data import datasets
from fer_lib.evaluation import counts_by_subject
from fer_lib.training import configs, load_runs

run = load_runs.need(configs.first("dual_task", settings))
scale = budget.get(run.about["profile"])
about = run.about
face_data = datasets.by_name(data, data_root or None)
tables.header_of_run(about)

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
#
# [The page on fairness](diya2026/fairness.ipynb) measures it: the scores of each group with their differences, above
# all how often genuine faces are called fake, and the same face with nothing changed but the tone of its
# skin. A gap that is not found there is not shown to be absent, and rendered skin is not skin: who trains
# on photographs of people has to measure again, on people.

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
    tables.table(
        pd.DataFrame({"entry": used}).rename_axis("data card"), "Data card of the photographs"
    )
card = {
    "name": "rendered46 (embedded) and rendered_test (further subjects)",
    "what": "rendered faces with seven emotions, each genuine or acted",
    "subjects": f"{spec.n_subjects} ({spec.n_male} male, {spec.n_female} female)",
    "images": f"{spec.n_images:,}, {spec.size} × {spec.size} pixels, RGB",
    "further subjects": f"{faces.RENDERED_TEST.n_subjects}, {faces.RENDERED_TEST.n_images:,} images",
    "generator": f"face_renderer, version {faces.GENERATOR_VERSION}, difficulty {spec.difficulty:g}",
    "source of the head": "MakeHuman base mesh and targets, CC0",
    "labels": "known by construction: emotion, authenticity, action units, landmarks, truth maps",
    "people in it": "none: no face is of a person who exists",
    "not for": "claims about people; training a system that judges people",
}
tables.table(
    pd.DataFrame({"entry": card}).rename_axis("data card"), "Data card of the rendered faces"
)

# %% [markdown]
# ## Model card

# %% tags=["hide-input"]
which = "rendered_test" if "rendered_test" in set(run.predictions["set"]) else "test"
held = run.predictions[run.predictions["set"] == which].reset_index(drop=True)
found = {
    head.name: counts_by_subject.score(held, head, scale.bootstrap, seed) for head in run.task.heads
}
(start,) = about["weights"]
card = {
    "model": f"dual-task model, {start['architecture']} with squeeze-and-excitation",
    "start": f"{start['name']}, licence {start['licence']}",
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
tables.table(pd.DataFrame({"entry": card}).rename_axis("model card"), "Model card")
