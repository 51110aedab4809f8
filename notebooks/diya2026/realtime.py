# %% [markdown]
# # In real time
#
# The paper serves its model from a cloud machine to a page with a camera ({cite}`diya2026`, sections
# 4-3 and 5-7, Figures 5 and 19). Here is such a service, small and for this machine only: `make serve`
# starts it. This page exports the trained model, checks that the exported file computes the same,
# measures what finding and aligning a face costs and gains, and times a real server process frame by
# frame.
#
# **It is not a lie detector, and not for judging people.** What the model cannot show is the subject of
# the [chapter on ethics](../ethics.ipynb).

# %% tags=["parameters", "hide-cell"]
data = "rendered46"
data_root = ""
profile = "smoke"
seed = 0

# %%
from fer_lib.settings import Settings

settings = Settings(data, data_root, profile, seed)

# %% tags=["hide-input"]
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.patches import FancyBboxPatch

import face_renderer as faces
from engine.page import budget, tables
from engine.page.verdict_rows import VerdictRows
from fer_lib.data import datasets
from fer_lib.evaluation import counts_by_subject, ledgers
from fer_lib.evaluation.verdicts import Ground, Verdict, of_arithmetic
from fer_lib.papers.diya2026 import result_page
from fer_lib.plots import figures
from fer_lib.training import configs, load_runs, run_training
from service import alignment, camera_frames, exported_model, measure, onnx_export, test_client
from service.detect import LEAST_SCORE, LONGEST, Detector
from service.frames import MOST_BYTES, MOST_PIXELS
from service.pipeline import STAGES, Pipeline
from service.predict import Predictor

figures.use_style()
ledger = ledgers.load("diya2026")
wanted = configs.first("dual_task", settings)
run = load_runs.need(wanted)
model_file = exported_model.of(wanted, run)
made_in = run.about["profile"]
scale = budget.get(made_in)
ground = Ground("diya2026", data, made_in)
tables.header_of_run(run.about)

# %% [markdown]
# ## From camera to answer
#
# Figure 5 of the paper shows the sequence of "live frame capture, backend processing, model inference, and
# frontend visualization" (the picture itself: image not available). These are the stages as they are
# here. The browser draws the boxes and saves the frame; the service computes and forgets.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Flow in two columns. In the browser: camera, then one frame as JPEG when test frame is pressed, and at the end boxes and labels drawn over that frame. In the service on this machine: check of origin and host, decode, detect, align, network with its two heads, and the answer as JSON back to the browser."}}
steps = {
    "camera": (0.24, 0.93, "start camera"),
    "frame": (0.24, 0.76, "test frame:\none JPEG"),
    "guard": (0.76, 0.93, "Origin and Host\nare ours?"),
    "decode": (0.76, 0.76, "decode,\nwithin limits"),
    "detect": (0.76, 0.59, "detect faces"),
    "align": (0.76, 0.42, "align by the eyes"),
    "network": (0.76, 0.25, "network: emotion,\nauthenticity"),
    "answer": (0.76, 0.08, "answer: boxes,\nprobabilities"),
    "draw": (0.24, 0.08, "boxes, labels;\nsave frame"),
}
figure, axis = plt.subplots(figsize=(5.2, 6.4))
axis.axis("off")
axis.set(xlim=(0, 1), ylim=(-0.02, 1.08))
for x, name in ((0.24, "browser"), (0.76, "service (memory only)")):
    axis.text(x, 1.04, name, ha="center", weight="bold", fontsize=12)
for x, y, text in steps.values():
    colour = "#E3F0F8" if x < 0.5 else "#FBF0DA"
    axis.add_patch(
        FancyBboxPatch(
            (x - 0.2, y - 0.05), 0.4, 0.1, boxstyle="round,pad=0.01", fc=colour, ec=figures.GREY
        )
    )
    axis.text(x, y, text, ha="center", va="center", fontsize=12)
served = [name for name, (x, _, _) in steps.items() if x > 0.5]
arrows = [("camera", "frame"), *pairwise(served)]
style = {"arrowstyle": "-|>", "color": figures.GREY, "lw": 1.5}
for first, second in arrows:
    (x, y, _), (_, below, _) = steps[first], steps[second]
    axis.annotate("", (x, below + 0.06), (x, y - 0.06), arrowprops=style)
axis.annotate("", (0.55, 0.9), (0.45, 0.79), arrowprops=style)
axis.annotate("", (0.45, 0.08), (0.55, 0.08), arrowprops=style)
figure.tight_layout(pad=0.2)

# %% [markdown]
# ## The exported model
#
# The trained weights become one ONNX file that takes faces as bytes and returns probabilities:
# normalising, softmax and sigmoid are inside it, so that the service cannot do them differently from the
# training. Both compute on faces that were not trained on; the last rows show that the comparison
# notices a difference that was planted.

# %% tags=["hide-input"]
which = "rendered_test" if "rendered_test" in set(run.predictions["set"]) else "test"
if which == "rendered_test":
    held = datasets.by_name("rendered_test", n_subjects=scale.test_subjects)
    chosen = np.arange(len(held.table))
else:
    held = datasets.by_name(data, data_root or None)
    made = configs.first("dual_task", replace(settings, profile=made_in))
    chosen = np.sort(run_training.parts_of(made, held.table).test)
each = 2
chosen = chosen[measure.some_of_each(held.table["group"].iloc[chosen], each, seed)]
table, pictures = held.table.iloc[chosen].reset_index(drop=True), held.images[chosen]
model = run_training.trained_model(run)
same = onnx_export.compare(model, model_file, pictures)
planted = 0.01
model.tail.authenticity[-1].bias.data += planted
other = onnx_export.compare(model, model_file, pictures)
model.tail.authenticity[-1].bias.data -= planted
equality = pd.concat(
    {"the model": same, f"bias of authenticity moved by {planted}": other}, names=["compared with"]
).reset_index()
equality["largest difference"] = [f"{value:.1e}" for value in equality["largest difference"]]
equality["equal"] = ["yes" if value else "no" for value in equality["equal"]]
tables.table(
    equality,
    f"ONNX Runtime against PyTorch; equal means at most {onnx_export.TOLERANCE:.0e} in any "
    "probability",
    index=False,
)
if not same["equal"].all():
    raise ValueError("the exported model does not compute what the trained one does")

# %% [markdown]
# ## Finding and aligning a face
#
# The paper finds faces with MediaPipe. Its present package carries no model, and this book takes models
# from packages only; so faces are found by YuNet {cite}`wu2023`, which OpenCV runs. It gives a box and the
# places of the eyes. Alignment turns and scales the face until the eyes lie where they lie in the
# training images (medians over a sample of the training part). The detector places the eyes of a turned
# face as if it were less turned, so the face is shown to it again, turned back, until little is left.
#
# To measure what that is worth, test faces are shown in larger frames, as if a picture were held before a
# camera: smaller, off-centre, before another wall, and turned by a known angle.

# %% tags=["hide-input"]
pipeline = Pipeline(Detector(), Predictor(model_file))
template = pipeline.template
tables.table(
    pd.DataFrame(
        {
            "detector": "YuNet 2023mar, run by OpenCV",
            "what it sees": f"the frame, its longer side shrunk to {LONGEST} pixels",
            "a face counts from a score of": f"{LEAST_SCORE}",
            "further looks at each face": f"{alignment.LOOKS}",
            "between the eyes, in the training images": f"{template.eyes_apart:.3f} of the side",
            "input of the network": f"{pipeline.predictor.side} x {pipeline.predictor.side}",
        }.items(),
        columns=["what", "here"],
    ),
    "How faces come to the network",
    index=False,
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Four rendered faces in rows: the frame with the face turned by 0, 15, 30 and 45 degrees and its box; the face cut out without alignment, still turned; and the same face aligned, its eyes level."}}
angles = (0, 15, 30, 45)
rows = faces.plan(faces.RENDERED46)
examples = [faces.render(rows[k]) for k in (40, 700, 1010, 1500)]
figure, axes = plt.subplots(len(angles), 3, figsize=(6.4, 7.2), width_ratios=(1.34, 1, 1))
for line, angle, picture in zip(axes, angles, examples, strict=True):
    shown = camera_frames.frame(picture, camera_frames.Place((350, 235), 300, angle, (70, 150)))
    face = pipeline.detector.find(shown)[0]
    closer = alignment.closer(shown, face, pipeline.detector)
    cut = alignment.cropped(shown, face, template)
    aligned = alignment.aligned(shown, closer, template)
    for axis, image in zip(line, (shown, cut, aligned), strict=True):
        axis.imshow(image)
        axis.set(xticks=[], yticks=[])
        axis.grid(False)
        axis.spines[:].set_visible(False)
    x, y, width, height = face.box
    line[0].add_patch(plt.Rectangle((x, y), width, height, fill=False, ec="#56B4E9", lw=2))
    line[0].plot(*closer.eyes.T, "o", color="#E69F00", ms=4)
    line[0].set_ylabel(f"{angle}°", fontsize=13)
for axis, name in zip(axes[0], ("frame, box, eyes", "cut out only", "aligned"), strict=True):
    axis.set_title(name, fontsize=13)
figure.tight_layout(pad=0.4)

# %% tags=["hide-input"]
predicted = {
    angle: measure.framed_predictions(pipeline, table, pictures, angle, seed) for angle in angles
}
HEADS = run.task.names


directly = run.predictions[run.predictions["set"] == which].set_index("image_id")
directly = directly.loc[table["image_id"].astype(str)].reset_index()
scores = {("as trained", 0): result_page.accuracies(run.task, directly, scale.bootstrap, seed)}
for angle in angles:
    for way, said in predicted[angle].items():
        scores[way, angle] = result_page.accuracies(run.task, said, scale.bootstrap, seed)
tables.table(
    [
        {
            "turned by": f"{angle}°",
            "faces found": f"{100 * len(predicted[angle]['aligned']) / len(table):.1f} %",
        }
        | {f"{h}, {w}": scores[w, angle][h].percent() for h in HEADS for w in measure.WAYS}
        for angle in angles
    ],
    f"Accuracy in % on {len(table):,} faces of {table['group'].nunique()} subjects shown in frames, "
    "over those that were found",
)
reference = scores["as trained", 0]
tables.say(
    "The same faces straight from their files, without frame or detector: emotion "
    f"{reference['emotion'].percent()} %, authenticity {reference['authenticity'].percent()} %."
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two panels, emotion above and authenticity below: accuracy over the angle by which the face is turned, aligned as blue diamonds and cut out only as grey squares, with intervals; a dotted line is the accuracy on the files themselves."}}
figure, axes = plt.subplots(2, 1, figsize=(6, 6.4), sharex=True)
for axis, head in zip(axes, HEADS, strict=True):
    for way, colour, marker, shift in (
        ("aligned", figures.BLUE, "D", -0.5),
        ("cut out only", figures.GREY, "s", 0.5),
    ):
        of = [scores[way, angle][head].percent() for angle in angles]
        places = np.array(angles) + shift
        axis.vlines(places, [i.low for i in of], [i.high for i in of], color=colour, lw=2)
        axis.plot(places, [i.value for i in of], marker + "-", color=colour, ms=6, label=way)
    axis.axhline(reference[head].percent().value, color="black", lw=1, ls=":", label="the files")
    axis.set(ylabel="accuracy, %", title=head)
axes[1].set(xlabel="turned by, degrees", xticks=angles)
axes[0].legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.08))
figure.tight_layout()

# %% tags=["hide-input"]
tables.folded(
    [
        {"turned by, degrees": angle, "way": way}
        | {head: scores[way, angle][head].percent() for head in HEADS}
        for angle in angles
        for way in measure.WAYS
    ],
    "The numbers behind the curves, in %",
)
gains = {
    (angle, head): counts_by_subject.paired_difference(
        *predicted[angle].values(), run.task[head], "accuracy", scale.bootstrap, seed
    )
    for angle in angles
    for head in HEADS
}
tables.table(
    [
        {"turned by": f"{angle}°", **{head: gains[angle, head].percent() for head in HEADS}}
        for angle in angles
    ],
    "What alignment adds to the accuracy, in points: aligned minus cut out only, on the same faces",
)

# %% [markdown]
# ## Frames per second
#
# A server process of its own, on this machine, as `make serve` starts it; one client on loopback sends
# frames of {literal}`640 x 480 pixels <the size of our frames>` with one face each, one after the other,
# and waits for each answer. Client and server share the processor with whatever else runs on it. The times
# are measurements: they differ from one execution to the next.

# %% tags=["hide-input"]
before = pictures[:40]
held_so = zip(before, camera_frames.places(len(before), 10, seed), strict=True)
shots = [measure.as_jpeg(camera_frames.frame(picture, place)) for picture, place in held_so]
with test_client.running(model_file, "--rate", "100000") as server:
    timed = {way: measure.round_trips(server, shots, level) for way, level in measure.WAYS.items()}
columns = [*STAGES, "rest", "all"]
rows = []
for way, times in timed.items():
    row = {"faces": way, "frames": len(times)}
    row |= {name: tables.Measurement(f"{times[name].median():.1f}") for name in columns}
    row["frames/s"] = tables.Measurement(f"{1000 * len(times) / times['all'].sum():.1f}")
    row["slowest"] = tables.Measurement(f"{times['all'].max():.1f}")
    rows.append(row)
tables.table(
    rows,
    "Milliseconds a frame, medians by stage (rest: loopback, WebSocket, JSON), and frames per second",
)
ours = 1000 * len(timed["aligned"]) / timed["aligned"]["all"].sum()
tables.say(
    f"The paper prints about {ledger['deploy.fps'].printed} frames per second; here it is "
    f"{tables.measured(f'{ours:.1f}')}, with alignment, in one thread. The two do not compare: another "
    "processor, another network size, another detector, and no network between browser and service."
)

# %% [markdown]
# ## What the page shows
#
# Figure 19 of the paper shows, in its own words, bounding boxes, emotions and authenticity labels over the
# video (the picture itself: image not available). Below is what the page of this service draws over a
# tested frame, with rendered faces before the camera.

# %% tags=["hide-input"] mystnb={"image": {"alt": "A frame with two rendered faces, each in a box with the most probable emotion and the authenticity with their probabilities, as the page of the service draws them."}}
two = camera_frames.frame(examples[1], camera_frames.Place((175, 235), 290, -8, (90, 140)))
right = camera_frames.frame(examples[3], camera_frames.Place((485, 250), 280, 10, (90, 140)))
two[:, 330:] = right[:, 330:]
said = pipeline.answer(measure.as_jpeg(two))
threshold = ledger["deploy.threshold"].value
figure, axis = plt.subplots(figsize=(6.4, 4.8))
axis.imshow(two)
axis.set(xticks=[], yticks=[])
axis.grid(False)
labels = []
for number, (face, colour) in enumerate(
    zip(said["faces"], ("#56B4E9", "#E69F00", "#00C896"), strict=False), 1
):
    x, y, width, height = face["box"]
    emotion, share = max(face["p_emotion"].items(), key=lambda one: one[1])
    genuine = face["p_genuine"] >= threshold
    sure = face["p_genuine"] if genuine else 1 - face["p_genuine"]
    labels.append((number, emotion, share, "genuine" if genuine else "fake", sure))
    axis.add_patch(plt.Rectangle((x, y), width, height, fill=False, ec=colour, lw=2.5))
    axis.text(
        x,
        y - 6,
        f"{number}: {emotion} {share:.0%}\n{labels[-1][3]} {sure:.0%}",
        color=colour,
        fontsize=12,
        weight="bold",
        va="bottom",
        bbox={"fc": "#0A0C0E", "ec": "none", "pad": 2, "alpha": 0.85},
    )
figure.tight_layout(pad=0.2)

# %% tags=["hide-input"]
columns = ["face", "emotion", "probability", "authenticity", "probability of that"]
tables.table(
    pd.DataFrame(labels, columns=columns),
    f"What the service says of this frame, at the threshold {ledger['deploy.threshold'].printed}",
    index=False,
)

# %% [markdown]
# ## Frames that are no good, and visitors who are not meant
#
# Each message gets one answer, and the service goes on. A browser lets any site open a WebSocket to this
# machine, and CORS headers, which the paper relies on, do not cover that: so the service compares the
# `Origin` that the browser sends with its own address, and the `Host` with its own names.

# %% tags=["hide-input"]
good = shots[0]
wide = int((2 * MOST_PIXELS) ** 0.5)
messages = {
    "words": b"no image",
    "a JPEG cut in half": good[: len(good) // 2],
    "an empty message": b"",
    f"more than {MOST_BYTES / 1e6:g} MB": bytes(40_000_000),
    "a picture of too many pixels": measure.as_jpeg(np.zeros((wide, wide, 3), np.uint8)),
    "a wall without a face": measure.as_jpeg(np.full((480, 640, 3), 120, np.uint8)),
    "ten faces": measure.as_jpeg(np.tile(examples[2][::2, ::2], (2, 5, 1))),
}
answers = []
with test_client.running(model_file) as server:
    for name, content in messages.items():
        with server.talk() as socket:
            said = test_client.answer(socket, content)
            after = test_client.answer(socket, good)
        answers.append((name, said["text"], after))
    with server.talk() as socket:
        flood = 300
        for _ in range(flood):
            socket.send('{"align": true}')
        replies = [test_client.received(socket) for _ in range(flood)]
    refused = [reply["text"] for reply in replies if reply["kind"] == "refused"]
    with server.talk() as socket:
        after = test_client.answer(socket, good)
    answers.append((f"{flood} messages at once", refused[-1], after))
    for name, origin in (("a page of another site", "https://other.test"), ("no Origin", None)):
        status, text = test_client.refusal(server, origin)
        with server.talk() as socket:
            after = test_client.answer(socket, good)
        answers.append((name, f"{status}: {text}", after))
answers = pd.DataFrame(answers, columns=["what is sent", "what is answered", "and then goes on"])
goes_on = ["yes" if after["kind"] == "faces" else "no" for after in answers.pop("and then goes on")]
tables.table(
    answers.assign(**{"and then goes on": goes_on}), "Answers of a running service", index=False
)

# %% [markdown]
# ## Verdicts

# %% tags=["hide-input"]
verdicts = VerdictRows(ledger, ground)
unlike = Verdict(
    "not comparable",
    "another processor, network size and detector, and loopback instead of a cloud",
)
verdicts.add("deploy.fps", ground.refusal() or unlike, "see the times above")
for name, other, how, ours in (
    ("deploy.fps_again", "deploy.fps", "section 5-7 says the same", None),
    ("deploy.input", "table4.input", "Table 4 says the same", f"{pipeline.predictor.side} pixels"),
):
    verdict = of_arithmetic(ledger[name], *ledger[other].rounding, how)
    verdicts.add(name, verdict, ours)
verdicts.underspecified(
    "deploy.threshold",
    "used here as the default; how it was chosen is not said, nor on what",
    "adjustable on the page",
)
verdicts.inconsistent(
    "deploy.streams",
    "sections 3 and 4-2 train on photographs; section 4-3 has frames submitted one by one, "
    f"“{ledger['deploy.frames'].printed}”; and a rate per second is of a stream",
)
verdicts.underspecified(
    "deploy.alignment",
    f"section 4-3 has faces “{ledger['deploy.prepared'].printed}” and no alignment; section 5-7 names it, "
    "without saying of what kind",
    "on or off, measured above",
)
verdicts.not_testable("deploy.detector", "neither version, model nor threshold is given", "YuNet")
verdicts.underspecified(
    "deploy.security",
    "CORS does not cover WebSockets, which carry the frames; whether their Origin is checked is not said",
    "Origin and Host are checked",
)
verdicts.not_testable("deploy.host", "no address is given", "this machine only, unless asked")
verdicts.show("What sections 4-3, 5-7 and 7 say of the service")
