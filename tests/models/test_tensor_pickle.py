"""A plain pickle gives its tensors and runs nothing."""

import io
import os
import pickle
from collections import OrderedDict

import pytest
import torch

from engine.store import paths
from fer_lib.models import (
    pretrained_registry,
    pretrained_weights,
    tensor_pickle,
    torchvision_repair,
)


def written(path, what):
    path.write_bytes(pickle.dumps(what, protocol=4))
    return path


class Runs:
    """What a malicious file does: it names a function, and unpickling calls it."""

    def __init__(self, call, *given):
        self.call, self.given = call, given

    def __reduce__(self):
        return self.call, self.given


def test_a_file_cannot_change_what_the_next_one_meets(tmp_path):
    # GLOBAL of the table's class, a dict with one attribute, BUILD: set it on what GLOBAL gave.
    crafted = b"ccollections\nOrderedDict\n}Vitems\nNsb."
    (tmp_path / "x.pkl").write_bytes(crafted)
    with pytest.raises(pickle.UnpicklingError, match="something else than tensors"):
        tensor_pickle.tensors(tmp_path / "x.pkl")
    found = tensor_pickle.tensors(written(tmp_path / "y.pkl", OrderedDict(a=torch.ones(2))))
    assert list(found) == ["a"]


def test_tensors_come_out_as_they_went_in_and_in_order(tmp_path):
    tied = torch.arange(6.0)
    table = OrderedDict(b=tied.view(2, 3).T, a=torch.tensor(3), c=torch.nn.Parameter(tied).detach())
    table._metadata = {"": {"version": 1}}  # as torch writes it
    found = tensor_pickle.tensors(written(tmp_path / "x.pkl", table))
    assert list(found) == ["b", "a", "c"]
    assert type(found) is dict
    assert all(torch.equal(found[name], table[name]) for name in table)
    assert found["b"].stride() == table["b"].stride()
    assert pretrained_weights.load(tmp_path / "x.pkl").keys() == found.keys()


@pytest.mark.parametrize(
    "evil",
    [
        Runs(os.system, "touch {ran}"),
        Runs(eval, "open({ran!r}, 'w')"),
        Runs(getattr, 1, "real"),
        OrderedDict(a=torch.ones(1), b=Runs(os.system, "touch {ran}")),
    ],
    ids=["system", "eval", "getattr", "beside a tensor"],
)
def test_a_malicious_file_is_refused_and_not_run(tmp_path, evil):
    ran = tmp_path / "ran"
    content = pickle.dumps(evil, protocol=0).replace(b"{ran}", str(ran).encode())
    path = tmp_path / "evil.pkl"
    path.write_bytes(content)
    with pytest.raises(pickle.UnpicklingError, match="which is no part of a tensor"):
        tensor_pickle.tensors(path)
    assert not ran.exists()


def test_code_inside_a_storage_is_refused_and_not_run(tmp_path):
    """A storage is a file inside the file; torch's own function would run what is in it."""
    ran = tmp_path / "ran"
    inner = io.BytesIO()
    torch.save(Runs(os.system, f"touch {ran}"), inner)
    outer = Runs(torch.storage._load_from_bytes, inner.getvalue())
    with pytest.raises(pickle.UnpicklingError):
        tensor_pickle.tensors(written(tmp_path / "evil.pkl", outer))
    assert not ran.exists()


@pytest.mark.parametrize("what", [[torch.ones(1)], {"a": 1}, {1: torch.ones(1)}])
def test_what_is_no_table_of_tensors_is_refused(tmp_path, what):
    with pytest.raises(pickle.UnpicklingError, match="something else than tensors by name"):
        tensor_pickle.tensors(written(tmp_path / "x.pkl", what))


def test_the_packaged_resnet18_fits_the_architecture_by_name():
    """In the right places: it knows a picture's class only if every tensor is where it belongs."""
    file = paths.cache() / "weights" / pretrained_registry.get("resnet18_packaged").file
    if not file.is_file():
        pytest.skip("the file is not in this store")
    pretrained_weights.check_sha256(file, pretrained_registry.get("resnet18_packaged").sha256)
    torchvision_repair.ensure()
    from torchvision.models import resnet18

    found = pretrained_weights.load(file)
    model = resnet18()
    assert list(found) == list(model.state_dict())
    model.load_state_dict(found)
    from skimage import data, transform

    image = transform.resize(data.chelsea(), (224, 224), anti_aliasing=True, preserve_range=True)
    from fer_lib.training import augmentation

    batch = torch.from_numpy(image.round()).permute(2, 0, 1)[None]
    with torch.no_grad():
        place = int(model.eval()(augmentation.normalise(batch))[0].argmax())
    assert place in (281, 282, 285)  # ImageNet's tabby, tiger cat and Egyptian cat
