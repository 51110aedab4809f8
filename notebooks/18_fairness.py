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
# # Fairness, where it can be measured
#
# A network that tells genuine from fake does harm where it calls a genuine person fake, and unfair harm
# where it does so to some people more often than to others. Whether it does can be asked in two
# ways. The first compares the scores of groups: it needs to know who belongs to which, and it compares
# different faces. The second changes one thing on the same face and looks whether the answer moves; no
# photograph allows it. On rendered faces both can be done, because every factor is known and
# drawn independently of every other.

# %% tags=["parameters", "hide-cell"]
profile = "smoke"
data = "rendered46"
data_root = ""
seed = 0

# %% tags=["hide-input"]
import numpy as np
import pandas as pd

from fer_lib import amounts, arms, claims, collect, faces, page, plots, progress
from fer_lib import data as datasets
from fer_lib.explain import sized
from fer_lib.fairness import effects, groups, sums, tones
from fer_lib.labels import EMOTIONS

plots.use_style()
ledger = claims.load("diya2026")
# Every seed's run of each model, by the name shown.
read = collect.need_arms(("dual_task", "cnn_baseline"), data, data_root, profile, seed)
runs = {arms.title(name): each for name, each in read.items()}
PROPOSED = arms.title("dual_task")
about = runs[PROPOSED][0].about
scale = amounts.get(about["profile"])
measured = about["data_kind"] == "rendered"


def with_p(found):
    """Return a table whose p values say what they can: no smaller than a thousandth, or none."""
    words = {
        name: found[name].map(lambda p: "–" if p != p else "< 0.001" if p < 0.001 else f"{p:.3f}")
        for name in ("p", "p adjusted")
    }
    return found.assign(**words)


page.header_of_run(about)
page.table(
    pd.DataFrame(
        {"seeds of training": {shown: len(each) for shown, each in runs.items()}}
    ).rename_axis("model"),
    "What is judged; scores are means over the seeds",
)

# %% [markdown]
# ## Who the subjects are
#
# The groups are those of the further rendered subjects, whom no training has seen. Tone, sex and age
# are drawn independently of each other and of the expression. Crossed, they leave cells of a few subjects
# each: an interval for so few would be a decoration, so only cells of enough subjects have scores below.

# %% tags=["hide-input"]
if measured:
    further = datasets.load("rendered_test", n_subjects=scale.test_subjects).table
    people = groups.factors_of(further)
    held = {
        shown: [
            sums.sums(run.predictions[run.predictions["set"] == "rendered_test"]) for run in each
        ]
        for shown, each in runs.items()
    }
    page.table(groups.cells(people), "Subjects in each cell of tone, sex and age", index=False)
else:
    page.say(
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
        shown: groups.by_group(each, people, scale.bootstrap, seed) for shown, each in held.items()
    }
    for shown, (scores, _) in by_group.items():
        page.table(scores, f"The {shown} by tone, sex and age", index=False)


# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of emotion accuracy for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
def forest(score, xlabel):
    """Draw one score of every group, all models."""
    tables = {shown: scores for shown, (scores, _) in by_group.items()}
    first = next(iter(tables.values()))
    chart = pd.DataFrame(
        {shown: list(scores[score]) for shown, scores in tables.items()},
        index=first["factor"] + ": " + first["value"],
    )
    return plots.intervals(chart, xlabel)


if measured:
    figure = forest(sums.ACCURACY, "emotion accuracy")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of authenticity AUC for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
if measured:
    figure = forest(sums.AUC, "authenticity AUC")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the share of genuine faces called genuine for light, medium and dark skin, female and male, and three ages, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
if measured:
    figure = forest(sums.TRUE, "genuine faces called genuine")

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
        page.say(
            f"**{shown}:** {len(told)} of {tested} tested differences between groups are told apart."
        )
        sizes = apart.loc[apart["p"].notna(), "difference"].map(lambda one: abs(one.value))
        widest = sizes.groupby(apart["score"], sort=False).idxmax()
        shown_rows = apart.loc[sorted({*widest, *told.index})]
        page.table(
            with_p(shown_rows),
            f"The {shown}: the largest difference in each score, and every one told apart",
            index=False,
        )
        page.folded(with_p(apart), f"All differences between groups, {shown}")
    page.folded(
        groups.intersections(held[PROPOSED], people, scale.bootstrap, seed),
        f"The {PROPOSED} by tone, sex and age together, where a cell has "
        f"{groups.MIN_SUBJECTS} subjects or more",
    )

# %% [markdown]
# A difference between tones here is a difference between pictures of different heads with different
# draws of expression, light and pose. Sex and age also change the head and its wrinkles, so a difference there
# may lie in how the generator draws them. None is a difference between people.
#
# ## The same face in every tone
#
# The controlled experiment: a rendered face is rendered again with only its skin's tone changed. The
# expression, the head, the hair, the light, the pose, the sensor's noise and the camera's exposure
# stay as they are. What follows from the skin's colour follows it: lips, flush and freckles, and where skin
# shows through, brows, beard and shaved hair. All that is not skin keeps its pixels.

# %% tags=["hide-input"]
rows = tones.chosen_rows(scale.tone_images, scale.test_subjects)
versions = tones.rendered(rows, scale.image_size)
answers = {}
for shown, each in runs.items():
    answers[shown] = [effects.ask(sized.of_run(run, scale.image_size), versions) for run in each]
    progress.say(f"answers of the {shown} to every version: done")
page.say(
    f"{len(rows)} faces of {len({row['subject_id'] for row in rows})} further subjects, half of them "
    f"genuine, each in {len(tones.TONES)} tones and in {len(versions.images) - len(tones.TONES) - 1} "
    "other changes."
)
if not measured:
    page.say(
        "The networks were trained on photographs and saw no rendered face: how they answer here is "
        "no sign of how they answer on people, only of whether the tone alone can move them."
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "One rendered face as it is and in five skin tones from lightest to darkest, same expression, light and pose, with the dual-task model's emotion and P(genuine) beneath each."}}
genuine = [k for k, row in enumerate(rows) if row["authenticity"] == "genuine"]
shown_face = min(genuine, key=lambda k: abs(rows[k]["yaw"]) + abs(rows[k]["pitch"]))
own = rows[shown_face]
strip = {tones.OWN: own} | {t: one[0] for t, one in tones.counterfactual_tones([own]).items()}
pictures = np.stack([faces.render(row) for row in strip.values()])
figure = plots.image_grid(pictures.reshape(2, 3, *pictures.shape[1:]), [""] * 3, ["", ""])
figure.set_size_inches(7.2, 6.4)
said = answers[PROPOSED][0]
for axis, name in zip(figure.axes, strip, strict=True):
    named = EMOTIONS[said.p_emotion[name][shown_face].argmax()]
    axis.set_title(name)
    axis.set_xlabel(f"{named}\nP(genuine) {said.p_genuine[name][shown_face]:.2f}")
figure.tight_layout(pad=0.4, h_pad=1.6)

# %% tags=["hide-input"]
page.say(
    f"*A genuine {rows[shown_face]['emotion']} face (true label), and what the {PROPOSED}, first "
    "seed, says of it in each tone.*"
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "The same face as it is and in the tone farthest from it, and a map of the pixels that differ: the skin and lips are bright; eyes, teeth, hair, clothes and background are black."}}
farthest = max(tones.TONES, key=lambda tone: abs(tones.TONES[tone] - own["tone_angle"]))
pair = pictures[[0, list(strip).index(farthest)]]
differs = (pair[0] != pair[1]).any(-1, keepdims=True).repeat(3, -1)
figure = plots.image_grid(
    np.stack([*pair / 255, differs.astype(float)])[None],
    [tones.OWN, farthest, "pixels that differ"],
    [""],
)

# %% [markdown]
# ### Identical faces, tone by tone
#
# The same faces stand in every row, so a difference between rows can come from the tone alone.

# %% tags=["hide-input"]
tone_by_tone = {
    shown: effects.per_tone(each, scale.bootstrap, seed) for shown, each in answers.items()
}
for shown, found in tone_by_tone.items():
    page.table(found, f"The {shown} on the same faces in each tone")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Mean P(genuine) of the dual-task model on the same faces in five tones, with intervals: genuine faces as grey squares, fake faces as blue diamonds."}}
chart = tone_by_tone[PROPOSED][[effects.P_GENUINE, effects.P_FAKE]]
figure = plots.intervals(
    chart.rename(columns={effects.P_GENUINE: "genuine faces", effects.P_FAKE: "fake faces"}),
    f"mean P(genuine), {PROPOSED}",
)

# %% [markdown]
# The two ends of the range, face by face: the lightest minus the darkest. The test flips the sign of
# each subject's mean difference at random; p values of a table are adjusted together, as above. A
# difference in P(genuine) that is told apart means that the network moves with the colour of the skin in one
# direction.

# %% tags=["hide-input"]
ends = {shown: effects.ends_apart(each, scale.bootstrap, seed) for shown, each in answers.items()}
for shown, found in ends.items():
    page.table(with_p(found), f"The {shown}: lightest minus darkest on the same faces", index=False)
    moved = list(found.loc[found["told apart"] == "yes", "score"])
    page.say(
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
moved = {
    shown: effects.changes(each, versions, scale.bootstrap, seed) for shown, each in answers.items()
}
for shown, found in moved.items():
    page.table(found, f"The {shown}: what each change of the picture does to the answers")

# %% tags=["hide-input"] mystnb={"image": {"alt": "Forest plot of the mean absolute change of P(genuine) under another tone and under changes that say nothing of the face, with intervals: the CNN baseline as grey squares, the dual-task model as blue diamonds."}}
figure = plots.intervals(
    pd.DataFrame({shown: found[effects.MOVED] for shown, found in moved.items()}),
    "mean absolute change of P(genuine)",
)

# %% tags=["hide-input"]
beside = {
    shown: effects.beside_chance(each, scale.bootstrap, seed) for shown, each in answers.items()
}
for shown, found in beside.items():
    page.table(
        with_p(found), f"The {shown}: another tone minus another change, same faces", index=False
    )
    against = found[(found["measure"] == effects.MOVED)].set_index("against")
    for other, row in against.iterrows():
        word = "less" if row["difference"].value < 0 else "more"
        sure = row["told apart"] == "yes"
        page.say(
            f"**{shown}:** another tone moves P(genuine) "
            + (
                f"{word} than a change of the kind *{other}*"
                if sure
                else f"neither more nor less, as far as these faces tell, than a change of the kind *{other}*"
            )
            + f": {row['difference']}."
        )

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
# [the page on ethics](20_ethics.ipynb).
#
# ## Verdicts

# %% tags=["hide-input"]
verdicts = [
    claims.Row(
        ledger["diversity.sample"],
        claims.Verdict(
            "not testable",
            "no table of the subjects is printed, and the data carry no tone, sex, age or place",
        ),
    ),
    claims.Row(
        ledger["diversity.limit"],
        claims.Verdict(
            "not testable",
            "scores by group are not printed; rendered subjects say nothing of the paper's",
        ),
    ),
]
page.verdict_table(verdicts, "Verdicts on the paper's words about diversity")
