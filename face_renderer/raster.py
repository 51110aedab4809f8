"""Which triangle and which hair is seen at each sample: depth buffers, compiled."""

from __future__ import annotations

import math

import numpy as np

from face_renderer.exact_math import compiled

NOTHING = -1
STRAND = -2


@compiled
def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Return (N, 3) unit normals: area-weighted means of the faces around each vertex.

    ``triangles`` (M, 3) are numbers of the (N, 3) vertices, counter-clockwise from outside.
    """
    normals = np.zeros(vertices.shape)
    for t in range(triangles.shape[0]):
        a = triangles[t, 0]
        b = triangles[t, 1]
        c = triangles[t, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        vx = vertices[c, 0] - vertices[a, 0]
        vy = vertices[c, 1] - vertices[a, 1]
        vz = vertices[c, 2] - vertices[a, 2]
        nx = uy * vz - uz * vy
        ny = uz * vx - ux * vz
        nz = ux * vy - uy * vx
        for k in (a, b, c):
            normals[k, 0] += nx
            normals[k, 1] += ny
            normals[k, 2] += nz
    for k in range(vertices.shape[0]):
        x = normals[k, 0]
        y = normals[k, 1]
        z = normals[k, 2]
        length = math.sqrt(x * x + y * y + z * z)
        if length > 0.0:
            normals[k, 0] = x / length
            normals[k, 1] = y / length
            normals[k, 2] = z / length
    return normals


@compiled
def draw_triangles(
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    triangles: np.ndarray,
    two_sided: np.ndarray,
    depth: np.ndarray,
    triangle: np.ndarray,
    weight1: np.ndarray,
    weight2: np.ndarray,
) -> None:
    """Draw triangles into depth buffers; a larger z is nearer.

    Parameters
    ----------
    x, y, z : (N,) float arrays
        Vertices in sample units; sample (column, row) has its centre at +0.5.
    triangles : (M, 3) int array
    two_sided : (M,) bool array
        Where false, the triangle is left out when its back is seen.
    depth, triangle, weight1, weight2 : (H, W) arrays, changed in place
        Nearest z, its triangle's number and the weights of its second and third corner.
    """
    height, width = depth.shape
    for t in range(triangles.shape[0]):
        i0 = triangles[t, 0]
        i1 = triangles[t, 1]
        i2 = triangles[t, 2]
        x0 = x[i0]
        y0 = y[i0]
        x1 = x[i1]
        y1 = y[i1]
        x2 = x[i2]
        y2 = y[i2]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area == 0.0 or (area > 0.0 and not two_sided[t]):
            continue
        left = max(0, math.ceil(min(x0, x1, x2) - 0.5))
        right = min(width - 1, math.floor(max(x0, x1, x2) - 0.5))
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        bottom = min(height - 1, math.floor(max(y0, y1, y2) - 0.5))
        inverse = 1.0 / area
        z0 = z[i0]
        z1 = z[i1]
        z2 = z[i2]
        slope1 = (y2 - y0) * inverse
        slope2 = (y1 - y0) * inverse
        for row in range(top, bottom + 1):
            dy = row + 0.5 - y0
            edge1 = -(x2 - x0) * dy * inverse
            edge2 = (x1 - x0) * dy * inverse
            inside = False
            for column in range(left, right + 1):
                dx = column + 0.5 - x0
                w1 = dx * slope1 + edge1
                w2 = edge2 - dx * slope2
                w0 = 1.0 - w1 - w2
                if w0 >= -1e-9 and w1 >= -1e-9 and w2 >= -1e-9:
                    inside = True
                    near = w0 * z0 + w1 * z1 + w2 * z2
                    if near > depth[row, column]:
                        depth[row, column] = near
                        triangle[row, column] = t
                        weight1[row, column] = w1
                        weight2[row, column] = w2
                elif inside:
                    break  # a row leaves a triangle once only


@compiled
def draw_strands(
    points: np.ndarray,
    colours: np.ndarray,
    furthest: float,
    depth: np.ndarray,
    triangle: np.ndarray,
    paint: np.ndarray,
) -> None:
    """Draw polylines one sample wide into depth buffers made by ``draw_triangles``.

    Parameters
    ----------
    points : (S, P, 3) float array
        Sample column, sample row, depth (larger is nearer) of each strand's points.
    colours : (S, P, 3) float array
        Linear light at each point; between points it is interpolated.
    furthest : float
        Strands rooted deeper than this are not seen and left out.
    depth, triangle, paint : (H, W), (H, W) and (H, W, 3) arrays, changed in place
        ``triangle`` becomes ``STRAND`` where a strand is seen, ``paint`` its colour.
    """
    height, width = depth.shape
    for s in range(points.shape[0]):
        if points[s, 0, 2] < furthest:
            continue
        for p in range(points.shape[1] - 1):
            x0 = points[s, p, 0]
            y0 = points[s, p, 1]
            z0 = points[s, p, 2]
            dx = points[s, p + 1, 0] - x0
            dy = points[s, p + 1, 1] - y0
            dz = points[s, p + 1, 2] - z0
            steps = int(max(abs(dx), abs(dy))) + 1
            step = 1.0 / steps
            for k in range(steps):
                f = k * step
                x = x0 + f * dx
                y = y0 + f * dy
                if x < 0.0 or y < 0.0 or x >= width or y >= height:
                    continue
                column = int(x)
                row = int(y)
                near = z0 + f * dz
                behind = depth[row, column]
                if near > behind:
                    # Hair just behind shows through: a strand is thinner than a sample.
                    through = 0.0
                    if triangle[row, column] == STRAND and near - behind < 0.08:
                        through = 0.4
                    depth[row, column] = near
                    triangle[row, column] = STRAND
                    for c in range(3):
                        a = colours[s, p, c]
                        fresh = a + f * (colours[s, p + 1, c] - a)
                        old = paint[row, column, c]
                        paint[row, column, c] = fresh + through * (old - fresh)
