"""The bulk of the index: inverted lists of scalar-quantised descriptors (faiss), written once and mapped into memory.

A search looks into the lists whose middles are nearest to the question (Sivic and Zisserman 2003; Jégou et al. 2011), so it
reads a fraction of the file, and what it reads belongs to the system's page cache, not to the process. The library is loaded
when the first list is, because most processes and small schools never need it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from footage.fingerprints import Floats
from footage.index.describing import SIZES, Kind

if TYPE_CHECKING:
    import faiss

Serials = npt.NDArray[np.int64]

FEWEST_LISTS, MOST_LISTS = 16, 4096
GRAPH_FROM, NEIGHBOURS = 1024, 32
"""From so many lists on their middles form a graph, of so many neighbours each."""

WIDTH, ONE_LIST = 4, 4
"""Nodes of the graph walked per list that is wanted; to add, one list is wanted, and four make it sure."""

LOOKED_INTO, LOOKED_INTO_QUICKLY = 24, 6
"""Lists that a search looks into, and a quick one for questions of which there are many."""

TRAINED_ON = 32
"""Descriptors per list from which the middles are learned."""

ROUNDS = 6
SEED = 20260


class Lists:
    """One descriptor's inverted lists.

    Attributes:
        index: faiss.IndexIVFScalarQuantizer; its ids are the serial numbers of entries.
    """

    def __init__(self, index: faiss.IndexIVF) -> None:
        self.index = index

    @classmethod
    def open(cls, path: Path, *, mapped: bool = True) -> Lists:
        """Read a file that `write` wrote. Raises RuntimeError when it is something else."""
        import faiss

        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP if mapped else 0))

    @classmethod
    def trained(cls, kind: Kind, sample: Floats, *, expected: int) -> Lists:
        """Empty lists for about `expected` descriptors, with middles learned from a sample (n, d)."""
        import faiss

        size = SIZES[kind]
        wanted = min(lists_for(expected), max(1, len(sample)))
        index = faiss.IndexIVFScalarQuantizer(
            _middles(sample, wanted),
            size,
            wanted,
            faiss.ScalarQuantizer.QT_4bit,
            faiss.METRIC_INNER_PRODUCT,
        )
        index.train(sample)
        return cls(index)

    @property
    def count(self) -> int:
        return int(self.index.ntotal)

    @property
    def lists(self) -> int:
        return int(self.index.nlist)

    def add(self, descriptors: Floats, serials: Serials) -> None:
        if len(descriptors):
            _look_wide(self.index, ONE_LIST)
            self.index.add_with_ids(descriptors, serials)
            _look_wide(self.index, LOOKED_INTO)

    def remove(self, serials: Serials) -> None:
        if len(serials):
            self.index.remove_ids(np.sort(serials))

    def write(self, path: Path) -> None:
        import faiss

        faiss.write_index(self.index, str(path))

    def search(
        self, descriptors: Floats, *, most: int, among: npt.NDArray[np.bool_], quickly: bool = False
    ) -> tuple[Serials, Floats]:
        """The likest descriptors of live entries.

        Args:
            descriptors: float32 (q, d).
            among: bool (serials,), which entries count.

        Returns:
            Serials int64 (q, most), -1 where there are fewer, and likeness float32 (q, most), best first.
        """
        import faiss

        bits = np.packbits(among, bitorder="little")
        allowed = faiss.IDSelectorBitmap(len(among), faiss.swig_ptr(bits))
        look = faiss.SearchParametersIVF(
            nprobe=min(LOOKED_INTO_QUICKLY if quickly else LOOKED_INTO, self.lists), sel=allowed
        )
        likeness, serials = self.index.search(descriptors, most, params=look)
        return serials, likeness


def _middles(sample: Floats, wanted: int) -> faiss.Index:
    """The middles of the lists; many of them are found through a graph (Malkov and Yashunin 2018)."""
    import faiss

    size = sample.shape[1]
    learned = faiss.Kmeans(
        size,
        wanted,
        niter=ROUNDS,
        seed=SEED,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=TRAINED_ON,
    )
    learned.train(sample)
    is_large = wanted >= GRAPH_FROM
    middles = (
        faiss.IndexHNSWFlat(size, NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        if is_large
        else faiss.IndexFlatIP(size)
    )
    middles.add(learned.centroids)
    return middles


def _look_wide(index: faiss.IndexIVF, lists: int) -> None:
    """Walk so much of the graph of middles that the nearest few are surely among it."""
    import faiss

    graph = getattr(faiss.downcast_index(index.quantizer), "hnsw", None)
    if graph is not None:
        graph.efSearch = WIDTH * lists


def lists_for(count: int) -> int:
    """How many lists suit so many descriptors: a power of two near four times the square root."""
    wanted = 1 << round(math.log2(4 * math.sqrt(max(1, count))))
    return min(MOST_LISTS, max(FEWEST_LISTS, wanted))


def sample_size(count: int) -> int:
    """How many of so many descriptors are enough to learn the middles from."""
    return min(count, TRAINED_ON * lists_for(count))


def batches(rows: Iterator[tuple[int, Floats]], *, size: int = 50_000) -> Iterator[tuple[Serials, Floats]]:
    """Serials and descriptors of entries, put together to about `size` rows."""
    serials: list[Serials] = []
    parts: list[Floats] = []
    waiting = 0
    for serial, part in rows:
        serials.append(np.full(len(part), serial, np.int64))
        parts.append(part)
        waiting += len(part)
        if waiting >= size:
            yield np.concatenate(serials), np.concatenate(parts)
            serials, parts, waiting = [], [], 0
    if waiting:
        yield np.concatenate(serials), np.concatenate(parts)
