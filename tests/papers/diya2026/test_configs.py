"""Arms say what they are, refuse what makes no sense, and are named without anything heavy."""

import subprocess
import sys
from dataclasses import replace

import pytest

from engine.store import paths
from fer_lib.models import ALL_STAGES
from fer_lib.papers.diya2026 import named_configs
from fer_lib.settings import Settings
from fer_lib.training import config, configs, profiles
from fer_lib.training.config import Arm
from fer_lib.training.feature_cache_key import Activations

PAPER = ["cnn_baseline", "two_stream", "b3_embedding", "embedding_fusion", "dual_branch"]


def of(name, profile="book"):
    return configs.first(name, Settings("rendered46", "", profile, 0))


def test_weights_that_the_task_has_anyway_are_no_change():
    """So the page of a model, which shows them as parameters, finds the stored run."""
    plain = of("dual_task")
    assert configs.first("dual_task", plain.settings, loss_weights=(0.4, 0.6)) == plain
    other = configs.first("dual_task", plain.settings, loss_weights=(0.6, 0.4))
    assert other.arm.loss_weights == (0.6, 0.4)
    own = configs.first("two_stream", plain.settings, loss_weights=(1.0, 1.5), gamma=2.0)
    assert own == of("two_stream")
    back = configs.first("two_stream", plain.settings, loss_weights=(0.4, 0.6))
    assert [head.weight for head in back.arm.applied(back.task).heads] == [0.4, 0.6]


def test_the_six_models_of_the_paper_stand_in_its_order():
    assert list(named_configs.MODELS) == [*PAPER, "dual_task"]
    assert named_configs.PROPOSED == "dual_task"
    assert named_configs.RIVAL in PAPER


def test_every_named_arm_is_one_and_knows_its_own_name():
    named = [
        *named_configs.MODELS,
        *named_configs.SUBSTITUTES,
        *(v for vs in named_configs.VARIANTS.values() for v in vs),
    ]
    for name in named:
        assert configs.get(name).name == name
    assert not set(named_configs.MODELS) & set(named_configs.SUBSTITUTES)
    assert [arm.name for arm in configs.every()] == list(configs.TABLE)


def test_no_two_arms_are_the_same_training():
    told = [repr(replace(arm, name="x")) for arm in configs.every()]
    twice = {name for name, t in zip(configs.TABLE, told, strict=True) if told.count(t) > 1}
    assert twice == set()


SEEDS = {
    "smoke": {"dual_task": 1, "dual_branch": 1, "cnn_baseline": 1, "focal": 1},
    "book": {"dual_task": 5, "dual_branch": 5, "cnn_baseline": 2, "focal": 2, "two_stream": 2},
    "book-full": {"dual_task": 5, "dual_branch": 5, "cnn_baseline": 5, "focal": 5},
    "paper": {"dual_task": 5, "cnn_baseline": 5, "smote": 5},
}


@pytest.mark.parametrize("profile", SEEDS)
def test_how_many_seeds_each_profile_takes(profile):
    for name, count in SEEDS[profile].items():
        assert configs.seeds(name, profile) == count
        told = configs.experiments(name, Settings("rendered46", "", profile, 7))
        assert [one.settings.seed for one in told] == list(range(7, 7 + count))
        assert {one.arm.name for one in told} == {name}


def test_an_unknown_arm_is_refused():
    for ask in (configs.get, lambda name: configs.seeds(name, "book")):
        with pytest.raises(ValueError, match="unknown arm 'resnet': choose one of dual_task"):
            ask("resnet")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampling": "smote"}, "has no image, so SMOTE can only feed heads on a frozen backbone"),
        ({"sampling": "smote", "trained": "all"}, "a synthetic embedding has no image"),
        ({"sampling": "rose"}, "unknown sampling 'rose' of arm x: choose one of none, weighted"),
        ({"loss": "hinge"}, "unknown loss 'hinge'"),
        ({"trained": "half"}, "unknown trained 'half'"),
        ({"protocol": "people"}, "unknown protocol 'people' of arm x: choose one of group, image"),
        ({"scale": "huge"}, "unknown scale 'huge'"),
        ({"precision": "float16"}, "unknown precision 'float16' of arm x: .* float32, bfloat16"),
        ({"wrong_labels": 0.5}, r"wrong_labels is 0.5: give a share in \[0, 0.5\)"),
        ({"wrong_labels": -0.1}, "wrong_labels is -0.1"),
        ({"loss_weights": (0.0, 0.0)}, "not all 0"),
        ({"loss_weights": (-0.1, 0.6)}, "loss_weights must be 0 or more"),
        ({"pretrained": False}, "random stages are not worth freezing"),
        ({"pretrained": False, "trained": "heads"}, "random stages are not worth freezing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(change, message):
    with pytest.raises(ValueError, match=message):
        Arm("x", "dual_task", ("b0",), **change)


@pytest.mark.parametrize(
    ("name", "profile", "frozen"),
    [
        ("dual_task", "book", 5),
        ("dual_task", "paper", 0),
        ("base", "book", 6),
        ("dual_task_frozen", "paper", ALL_STAGES),
        ("smote", "book", ALL_STAGES),
        ("cnn_baseline", "book", 0),
        ("whole_pretrained", "book", 0),
    ],
)
def test_how_much_of_a_backbone_stays_as_it_is(name, profile, frozen):
    assert of(name, profile).frozen == frozen


def test_activations_are_one_a_backbone_and_none_without_frozen_stages():
    assert of("cnn_baseline").activations == ()
    assert of("dual_task", "paper").activations == ()
    two = of("two_stream").activations
    assert [one.family for one in two] == ["b0_family", "mobilenet_v2"]
    book = profiles.get("book")
    asked = (book.full.frozen, book.full.side, book.views)
    assert {(one.frozen, one.side, one.views) for one in two} == {asked}
    assert asked > (0, 0, 0)


def test_what_is_dropped_is_found_on_whole_embeddings():
    wanted = of("unclear_dropped").probed
    assert (wanted.frozen, wanted.family) == (ALL_STAGES, "b0_family")
    assert wanted in config.all_activations(of("unclear_dropped"))
    assert of("base").probed is None


@pytest.mark.parametrize("frozen", [0, ALL_STAGES + 1])
def test_activations_of_no_stage_or_too_many_are_refused(frozen):
    with pytest.raises(ValueError, match=f"frozen is {frozen}: give 1 to {ALL_STAGES} stages"):
        Activations("b0", True, frozen, 64, 0, "rendered46", 10)


def test_every_training_can_be_named_without_anything_heavy():
    code = (
        "import sys\n"
        "from fer_lib.training import configs as arms, config as plan\n"
        "from engine.store import keys\n"
        "from fer_lib.settings import Settings\n"
        "library, names = keys.library(), []\n"
        "settings = Settings('rendered46', '', 'book', 0)\n"
        "for name in list(arms.TABLE)[::6]:\n"
        "    for e in arms.experiments(name, settings):\n"
        "        names.append(plan.stage(e, '0', library).folder)\n"
        "assert len(set(names)) == len(names) > 10\n"
        "print(sorted({'torch', 'timm', 'sklearn', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.root(), capture_output=True, text=True
    )
    assert done.stdout == "[]\n", done.stderr
