"""Models on disk: what is written comes back, and nothing else does."""

from __future__ import annotations

import io
import json
import os
import pickle  # noqa: TID251  # planted, to see that it is refused
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_music.engine import models
from tui_music.engine.models import UnfitModel

ARRAYS = {"weights": np.array([0.5, 0.25]), "codes": np.arange(6, dtype=np.int32).reshape(2, 3)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "models" / "weights.npz"
    models.save(path, ARRAYS, revision=7, parameters={"half_life": 2.5, "mode": "familiar"})
    return path


def rewritten(path: Path, **changes: bytes | None) -> Path:
    """The same file with entries replaced, or removed (``None``)."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries |= {f"{name}.npy": data for name, data in changes.items() if data is not None}
    for name, data in changes.items():
        if data is None:
            del entries[f"{name}.npy"]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def npy(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def test_a_model_comes_back_as_it_was(path: Path) -> None:
    model = models.load(path, revision=7, parameters={"half_life": 2.5, "mode": "familiar"})
    assert {name: array.tolist() for name, array in model.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    assert model.arrays["codes"].dtype == np.int32
    assert model.header.revision == 7
    models.verify(path)


def test_a_model_is_for_the_owner_alone_and_of_a_known_form(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        header = json.loads(np.lib.format.read_array(io.BytesIO(archive.read("header.npy"))).tobytes())
    assert header["schema"] == models.SCHEMA
    assert header["sizes"] == {"weights": ["<f8", [2]], "codes": ["<i4", [2, 3]]}
    assert len(header["checksum"]) == 64


def test_a_model_of_other_plays_or_parameters_does_not_fit(path: Path) -> None:
    with pytest.raises(UnfitModel, match=r"weights\.npz was learnt from the library as it was before.*trained again"):
        models.load(path, revision=8)
    with pytest.raises(UnfitModel, match="other parameters"):
        models.load(path, parameters={"half_life": 3.0})


def test_a_model_of_another_version_does_not_fit(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "SCHEMA", models.SCHEMA + 1)
    with pytest.raises(UnfitModel, match="is of version"):
        models.load(path)


def test_a_missing_model_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(UnfitModel, match="not there yet"):
        models.load(tmp_path / "none.npz")


class _Planted:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("touch planted",)


@pytest.mark.parametrize("name", ["weights", "header"])
def test_a_planted_pickle_is_refused_and_does_not_run(
    path: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    planted = np.array([_Planted()], dtype=object)
    for data in (npy(planted), pickle.dumps(_Planted())):
        with pytest.raises(UnfitModel):
            models.load(rewritten(path, **{name: data}))
    (path.parent / "whole.npz").write_bytes(pickle.dumps(_Planted()))
    with pytest.raises(UnfitModel):
        models.load(path.parent / "whole.npz")
    assert not (tmp_path / "planted").exists()


def test_arrays_of_objects_are_not_written(tmp_path: Path) -> None:
    with pytest.raises((ValueError, TypeError)):
        models.save(tmp_path / "x.npz", {"a": np.array([{}], dtype=object)}, 1, {})
    assert list(tmp_path.iterdir()) == []


def test_sizes_and_checksum_are_checked(path: Path) -> None:
    with pytest.raises(UnfitModel, match="other sizes"):
        models.load(rewritten(path, weights=npy(np.zeros(3))))
    models.load(rewritten(path, weights=npy(np.array([0.5, 0.75]))))  # of the same size: opening is quick
    with pytest.raises(UnfitModel, match="checksum"):
        models.verify(path)


def test_what_is_missing_huge_or_compressed_is_refused(path: Path) -> None:
    whole = path.read_bytes()
    with pytest.raises(UnfitModel):
        models.load(rewritten(path, codes=None))
    path.write_bytes(whole)
    shape = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
    huge = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little") + shape.ljust(117) + b"\n"
    with pytest.raises(UnfitModel):
        models.load(rewritten(path, weights=huge))
    np.savez_compressed(path, header=np.zeros(3, np.uint8))
    with pytest.raises(UnfitModel, match="compressed"):
        models.load(path)
    path.write_bytes(b"")
    with pytest.raises(UnfitModel):
        models.load(path)
    np.save(path.with_suffix(".npy"), np.zeros(3))
    with pytest.raises(UnfitModel):
        models.load(path.with_suffix(".npy"))


@given(data=st.data())
def test_any_damage_is_an_unfit_model_or_none_at_all(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("models") / "x.npz"
    models.save(path, ARRAYS, 7, {"a": 1})
    whole = bytearray(path.read_bytes())
    for at in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[at] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    with suppress(UnfitModel):
        models.verify(path)


@given(names=st.lists(st.text()))
def test_names_come_back_as_they_were(names: list[str]) -> None:
    assert models.unpacked(*models.packed(names)) == names


def test_names_that_were_not_packed_are_refused() -> None:
    for ends in ([2, 1], [5], [-1, 3]):
        with pytest.raises(ValueError, match="out of order"):
            models.unpacked(np.frombuffer(b"abc", np.uint8), np.array(ends))


def test_only_old_unfinished_files_are_swept(path: Path) -> None:
    old, young = path.with_name(".weights.npz.old"), path.with_name(".weights.npz.young")
    for stray in (old, young):
        stray.write_bytes(b"half")
    os.utime(old, (0, 0))
    models.sweep(path.parent)
    assert sorted(each.name for each in path.parent.iterdir()) == [".weights.npz.young", "weights.npz"]
