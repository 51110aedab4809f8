# %% [markdown]
# # Fairness, where it can be measured
#
# A network that tells genuine from fake does harm where it calls a genuine person fake, and unfair harm
# where it does so to some people more often than to others. Whether it does can be asked in two
# ways. The first compares the scores of groups: it needs to know who belongs to which, and it compares
# different faces. The second changes one thing on the same face and looks whether the answer moves; no
# photograph allows it. On rendered faces both can be done, because every factor is known and
# drawn independently of every other.

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

import face_renderer as faces
from engine.page import budget, tables
from engine.page.verdict_rows import VerdictRows
from engine.store import progress
from fer_lib.data import datasets
from fer_lib.evaluation import ledgers
from fer_lib.labels import EMOTIONS
from fer_lib.papers.diya2026 import named_configs, result_page
from fer_lib.papers.diya2026.explanations import resized_model
from fer_lib.papers.diya2026.fairness import (
    group_fairness,
    group_tables,
    skin_tone_effects,
    skin_tone_swap,
)
from fer_lib.papers.diya2026.fairness.group_tables import with_p
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs

figures.use_style()
ledger = ledgers.load("diya2026")
# Every seed's run of each model, by the name shown.
read = load_runs.need_arms(configs.planned(("dual_task", "cnn_baseline"), settings))
runs = {named_configs.title(name): each for name, each in read.items()}
PROPOSED = named_configs.title("dual_task")
about = runs[PROPOSED][0].about
scale = budget.get(about["profile"])
measured = about["data_kind"] == "rendered"


tables.header_of_run(about)
seeds = pd.DataFrame({"seeds of training": {shown: len(each) for shown, each in runs.items()}})
tables.table(seeds.rename_axis("model"), "What is judged; scores are means over the seeds")

# %% [markdown]
# ## Who the subjects are
#
# The groups are those of the further rendered subjects, whom no training has seen. Tone, sex and age
# are drawn independently of each other and of the expression. Crossed, they leave cells of a few subjects
# each: an interval for so few would be a decoration, so only cells of enough subjects have scores below.

# %% tags=["hide-input"]
if measured:
    further = datasets.by_name("rendered_test", n_subjects=scale.test_subjects).table
    people = group_fairness.factors_of(further)
    held = {
        shown: [group_fairness.answers(result_page.rows_of(run, "rendered_test")) for run in each]
        for shown, each in runs.items()
    }
    tables.table(
        group_fairness.cells(people), "Subjects in each cell of tone, sex and age", index=False
    )
else:
    tables.say(
        "**Not measurable on these photographs.** Their folders name an emotion and whether it is "
        "genuine, nothing else: there is no column for skin tone, sex or age. To guess them from the "
        "pictures would put another classifier's errors, which are known to differ by group, into the "
        "very comparison; to label them by eye would judge people by their looks. What can be done "
        "is the controlled experiment further down: it changes the tone of rendered faces and asks the "
        "network that was trained on the photographs."
    )

# %% [markdown]
# ## Scores by group
#
# Five scores: accuracy of the emotion; AUC of authenticity, over all pairs of images of a group and
# over pairs of the same emotion; and, at the paper's threshold (section 4-3), the share of genuine faces
# called genuine (one minus it are the genuine people called fake) and the share of fake faces called
# genuine. The first of these shares alike in all groups is known as equal opportunity, both alike as
# equalised odds {cite}`hardt2016`. A share of zero or one has an interval without width: drawing the same
# subjects again can't show what others would do.

# %% tags=["hide-input"]
if measured:
    by_group = {
        shown: group_fairness.by_group(each, people, scale.bootstrap, seed)
        for shown, each in held.items()
    }
    by_model = {shown: scores for shown, (scores, _) in by_group.items()}
    for shown, scores in by_model.items():
        tables.table(scores, f"The {shown} by tone, sex and age", index=False)


# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of emotion accuracy for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
if measured:
    figure = group_tables.forest(by_model, group_fairness.ACCURACY, "emotion accuracy")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of authenticity AUC for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
if measured:
    figure = group_tables.forest(by_model, group_fairness.AUC, "authenticity AUC")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the share of genuine faces called genuine for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
if measured:
    figure = group_tables.forest(by_model, group_fairness.TRUE, "genuine faces called genuine")

# %% [markdown]
# ### Differences between groups
#
# Every two groups of a factor are compared in four scores. The interval resamples subjects and is not
# widened; the test moves subjects between the two groups at random. With so many comparisons
# some would look large by chance alone, so the p values of one model are adjusted together
# ({cite}`benjamini1995`: it holds the share of false ones among those told apart, because a difference that
# is missed costs more here than one that is looked at in vain): *told apart* means that
# the adjusted p is no greater than the share of cases that an interval here misses. A dash in p: too few
# subjects for a test. Every p comes from permutations, so it is never below one in their number.

# %% tags=["hide-input"]
if measured:
    for shown, (_, apart) in by_group.items():
        told = apart[apart["told apart"] == "yes"]
        tested = int(apart["p"].notna().sum())
        tables.say(
            f"**{shown}:** {len(told)} of {tested} tested differences between groups are told apart."
        )
        sizes = apart.loc[apart["p"].notna(), "difference"].map(lambda one: abs(one.value))
        widest = sizes.groupby(apart["score"], sort=False).idxmax()
        shown_rows = apart.loc[sorted({*widest, *told.index})]
        tables.table(
            with_p(shown_rows),
            f"The {shown}: the largest difference in each score, and every one told apart",
            index=False,
        )
        tables.folded(with_p(apart), f"All differences between groups, {shown}")
    tables.folded(
        group_fairness.intersections(held[PROPOSED], people, scale.bootstrap, seed),
        f"The {PROPOSED} by tone, sex and age together, where a cell has "
        f"{group_fairness.MIN_SUBJECTS} subjects or more",
    )

# %% [markdown]
# A difference between tones here is a difference between pictures of different heads with different
# draws of expression, light and pose. Sex and age also change the head and its wrinkles, so a difference there
# may lie in how the generator draws them. None is a difference between real people.
#
# ## The same face in every tone
#
# The controlled experiment: a rendered face is rendered again with only its skin's tone changed. The
# expression, the head, the hair, the light, the pose, the sensor's noise and the camera's exposure
# stay as they are. What follows from the skin's colour follows it: lips, flush and freckles, and where skin
# shows through, brows, beard and shaved hair. All that is not skin keeps its pixels.

# %% tags=["hide-input"]
rows = skin_tone_swap.chosen_rows(scale.tone_images, scale.test_subjects)
versions = skin_tone_swap.rendered(rows, scale.image_size)
answers = {}
for shown, each in runs.items():
    sized = (resized_model.of_run(run, scale.image_size) for run in each)
    answers[shown] = [skin_tone_effects.ask(model, versions) for model in sized]
    progress.say(f"answers of the {shown} to every version: done")
tables.say(
    f"{len(rows)} faces of {len({row['subject_id'] for row in rows})} further subjects, half of them "
    f"genuine, each in {len(skin_tone_swap.TONES)} tones and in {len(versions.images) - len(skin_tone_swap.TONES) - 1} "
    "other changes."
)
if not measured:
    tables.say(
        "The networks were trained on photographs and saw no rendered face: how they answer here is "
        "no sign of how they answer on people, only of whether the tone alone can move them."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "One rendered face as it is and in five skin tones from lightest to darkest, same expression, light and pose, with the dual-task model's emotion and P(genuine) beneath each."}}
genuine = [k for k, row in enumerate(rows) if row["authenticity"] == "genuine"]
shown_face = min(genuine, key=lambda k: abs(rows[k]["yaw"]) + abs(rows[k]["pitch"]))
own = rows[shown_face]
strip = {skin_tone_swap.OWN: own} | {
    t: one[0] for t, one in skin_tone_swap.counterfactual_tones([own]).items()
}
pictures = np.stack([faces.render(row) for row in strip.values()])
figure = figures.image_grid(pictures.reshape(2, 3, *pictures.shape[1:]), [""] * 3, ["", ""])
figure.set_size_inches(7.2, 6.4)
said = answers[PROPOSED][0]
for axis, name in zip(figure.axes, strip, strict=True):
    named = EMOTIONS[said.p_emotion[name][shown_face].argmax()]
    axis.set_title(name)
    axis.set_xlabel(f"{named}\nP(genuine) {said.p_genuine[name][shown_face]:.2f}")
figure.tight_layout(pad=0.4, h_pad=1.6)

# %% tags=["hide-input"]
tables.say(
    f"*A genuine {rows[shown_face]['emotion']} face (true label), and what the {PROPOSED}, first "
    "seed, says of it in each tone.*"
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "The same face as it is and in the tone farthest from it, and a map of the pixels that differ: the skin and lips are bright; eyes, teeth, hair, clothes and background are black."}}
farthest = max(
    skin_tone_swap.TONES, key=lambda tone: abs(skin_tone_swap.TONES[tone] - own["tone_angle"])
)
pair = pictures[[0, list(strip).index(farthest)]]
differs = (pair[0] != pair[1]).any(-1, keepdims=True).repeat(3, -1)
names = [skin_tone_swap.OWN, farthest, "pixels that differ"]
figure = figures.image_grid(np.stack([*pair / 255, differs.astype(float)])[None], names, [""])

# %% [markdown]
# ### Identical faces, tone by tone
#
# The same faces stand in every row, so a difference between rows can come from the tone alone.

# %% tags=["hide-input"]
tone_by_tone = {}
for shown, each in answers.items():
    found = skin_tone_effects.per_tone(each, scale.bootstrap, seed)
    tone_by_tone[shown] = found
    tables.table(found, f"The {shown} on the same faces in each tone")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mean P(genuine) of the dual-task model on the same faces in five tones, with intervals: genuine faces as grey squares, fake faces as blue diamonds."}}
chart = tone_by_tone[PROPOSED][[skin_tone_effects.P_GENUINE, skin_tone_effects.P_FAKE]]
chart = chart.set_axis(["genuine faces", "fake faces"], axis=1)
figure = figures.intervals(chart, f"mean P(genuine), {PROPOSED}")

# %% [markdown]
# The two ends of the range, face by face: the lightest minus the darkest. The test flips the sign of
# each subject's mean difference at random; p values of a table are adjusted together, as above. A
# difference in P(genuine) that is told apart means that the network moves with the colour of the skin in one
# direction.

# %% tags=["hide-input"]
for shown, each in answers.items():
    found = skin_tone_effects.ends_apart(each, scale.bootstrap, seed)
    caption = f"The {shown}: lightest minus darkest on the same faces"
    tables.table(with_p(found), caption, index=False)
    moved = list(found.loc[found["told apart"] == "yes", "score"])
    tables.say(
        f"**{shown}:** "
        + (f"the tone moves {'; '.join(moved)}." if moved else "no score is told apart by tone.")
    )

# %% [markdown]
# ### More than chance?
#
# Any change of a picture moves a network's answers a little. So tone is set beside changes that say nothing of
# the face either: the same picture taken once more (another noise), another background, another light, and the
# whole picture darker by exactly as much as the tones change it. A light moves the shading on the face itself,
# so it is the hardest of these comparisons; where tone moves a network no more than light does, it still moves
# it. *Size* is the mean absolute change of a pixel's value, {literal}`0 to 255 <the values of eight bits>`. The
# change of P(genuine) is taken against the face as it is; *flipped* are the shares of faces that get another
# answer. The two rows in which the camera reacts show the tones as a camera would take them, with its exposure
# following the skin.

# %% tags=["hide-input"]
moved = {}
for shown, each in answers.items():
    moved[shown] = found = skin_tone_effects.changes(each, versions, scale.bootstrap, seed)
    tables.table(found, f"The {shown}: what each change of the picture does to the answers")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the mean absolute change of P(genuine) under another tone and under changes that say nothing of the face, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
chart = pd.DataFrame({shown: found[skin_tone_effects.MOVED] for shown, found in moved.items()})
figure = figures.intervals(chart, "mean absolute change of P(genuine)")

# %% tags=["hide-input"]
for shown, each in answers.items():
    found = skin_tone_effects.beside_chance(each, scale.bootstrap, seed)
    caption = f"The {shown}: another tone minus another change, same faces"
    tables.table(with_p(found), caption, index=False)
    against = found[(found["measure"] == skin_tone_effects.MOVED)].set_index("against")
    for other, row in against.iterrows():
        tables.say(f"**{shown}:** {group_tables.tone_beside(row, other)}")
# %% [markdown]
# ## What this does not show
#
# - **Rendered faces are not people.** The skin is a colour with a texture; real skin also differs in how
#   it shines, wrinkles and shadows, and cameras were tuned on some skins more than on others. A network that is even
#   here may be uneven there.
# - **Fair on the tones is not fair.** Nothing here speaks of culture, of who was filmed and how, or of
#   who gets to use the answer on whom.
# - **A difference that is not told apart is not an equality.** The intervals say how large a difference could still
#   hide.
# - **Crossed groups are too small.** A network may treat two groups alike and still fail those in both;
#   the cells of tone, sex and age together hold too few subjects to see it.
# - **Labels are planted.** On photographs the labels themselves can be unfair: one annotator's view
#   of what genuine looks like. No score against such labels can find that.
#
# What the network is for, and what it must not be used for, stands in
# [the page on ethics](../ethics.ipynb).
#
# ## Verdicts

# %% tags=["hide-input"]
verdicts = VerdictRows(ledger)
verdicts.not_testable(
    "diversity.sample",
    "no table of the subjects is printed, and the data carry no tone, sex, age or place",
)
verdicts.not_testable(
    "diversity.limit",
    "scores by group are not printed; rendered subjects say nothing of the paper's",
)
verdicts.show("Verdicts on the paper's words about diversity")
