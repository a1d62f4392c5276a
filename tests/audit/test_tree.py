"""The tree against its published examples, and against the plainest possible implementation of the same definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.audit import tree

# The eight leaves that implementations of RFC 6962 are compared by, and the heads of their first 1, 2, … 8.
LEAVES = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
HEADS = [
    bytes.fromhex(one)
    for one in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]


def plain_head(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word by word: over the data of the leaves, recursively, with nothing kept."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return hashlib.sha256(b"\x01" + plain_head(leaves[:left]) + plain_head(leaves[left:])).digest()


def over(leaves: list[bytes]) -> tree.Node:
    return lambda level, index: plain_head(leaves[index << level : (index + 1) << level])


def test_the_head_of_no_leaf_is_the_hash_of_the_empty_string() -> None:
    assert tree.root(0, over([])).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_heads(size: int) -> None:
    assert tree.root(size, over(LEAVES)) == plain_head(LEAVES[:size]) == HEADS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (1, 5, ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_the_published_inclusion_proofs(index: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in tree.inclusion(index, size, over(LEAVES))] == path


@pytest.mark.parametrize(
    ("old", "size", "path"),
    [
        (1, 1, []),
        (1, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
        (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
        (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
    ],
)  # fmt: skip
def test_the_published_consistency_proofs(old: int, size: int, path: list[str]) -> None:
    assert [step.hex() for step in tree.consistency(old, size, over(LEAVES))] == path


# RFC 9162, section 2.1.5: seven leaves d0 to d6 whose hashes are called a, b, c, d, e, f, j, and above them
# g = [a b], h = [c d], i = [e f], k = [g h], l = [i j].
NAMES = {(0, 0): "a", (0, 1): "b", (0, 2): "c", (0, 3): "d", (0, 4): "e", (0, 5): "f", (0, 6): "j",
         (1, 0): "g", (1, 1): "h", (1, 2): "i", (2, 0): "k"}  # fmt: skip
WHOLE = {(level, index): plain_head(LEAVES[index << level : (index + 1) << level]) for level, index in NAMES}
CALLED = {hash_: NAMES[place] for place, hash_ in WHOLE.items()} | {tree.node_hash(WHOLE[1, 2], WHOLE[0, 6]): "l"}


def called(path: list[bytes]) -> str:
    return "".join(CALLED[step] for step in path)


@pytest.mark.parametrize(("index", "path"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_the_inclusion_proofs_of_rfc_9162s_example(index: int, path: str) -> None:
    assert called(tree.inclusion(index, 7, over(LEAVES))) == path


@pytest.mark.parametrize(("old", "path"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_the_consistency_proofs_of_rfc_9162s_example(old: int, path: str) -> None:
    assert called(tree.consistency(old, 7, over(LEAVES))) == path


def some_leaves(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def test_every_proof_of_every_tree_up_to_forty_leaves_holds() -> None:
    leaves = some_leaves(40)
    heads = [plain_head(leaves[:size]) for size in range(41)]
    for size in range(1, 41):
        assert tree.root(size, over(leaves)) == heads[size]
        for index in range(size):
            path = tree.inclusion(index, size, over(leaves))
            assert tree.includes(tree.leaf_hash(leaves[index]), index, size, path, heads[size])
        for old in range(size + 1):
            path = tree.consistency(old, size, over(leaves))
            assert tree.continues(old, heads[old], size, heads[size], path)


def test_a_tree_that_grows_from_anywhere_has_the_heads_of_one_that_is_whole() -> None:
    leaves = some_leaves(40)
    for begun in range(40):
        frontier = tree.Frontier(begun, over(leaves))
        for size in range(begun, 40):
            assert (frontier.size, frontier.head()) == (size, plain_head(leaves[:size]))
            frontier.push(tree.leaf_hash(leaves[size]))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_proof_that_was_touched_anywhere_does_not_hold(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    leaves = some_leaves(size)
    head, old_head = plain_head(leaves), plain_head(leaves[:old])
    inclusion, consistency = tree.inclusion(index, size, over(leaves)), tree.consistency(old, size, over(leaves))
    for path in touched(inclusion, data):
        assert not tree.includes(tree.leaf_hash(leaves[index]), index, size, path, head)
    for path in touched(consistency, data):
        assert not tree.continues(old, old_head, size, head, path)
    other = plain_head([*leaves[:-1], b"forged"])
    assert not tree.includes(tree.leaf_hash(leaves[index]), index, size, inclusion, other)
    assert not tree.continues(old, old_head, size, other, consistency)
    assert not tree.continues(old, plain_head(leaves[: old - 1]), size, head, consistency)


def touched(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The path with a step more, a step less, and a bit turned."""
    at = data.draw(st.integers(0, max(len(path) - 1, 0)))
    turned = [bytes([step[0] ^ 1]) + step[1:] if place == at else step for place, step in enumerate(path)]
    shorter = [path[:at] + path[at + 1 :], turned] if path else []
    return [[*path, bytes(32)], [bytes(32), *path], *shorter]


def test_what_no_tree_has_cannot_be_proved() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0)):
        with pytest.raises(tree.NoSuchTree):
            tree.inclusion(index, size, over(LEAVES))
        assert not tree.includes(bytes(32), index, size, [], bytes(32))
    for old, size in ((6, 5), (-1, 5)):
        with pytest.raises(tree.NoSuchTree):
            tree.consistency(old, size, over(LEAVES))
        assert not tree.continues(old, bytes(32), size, bytes(32), [])


def test_equal_sizes_need_equal_heads_and_every_tree_continues_the_empty_one() -> None:
    assert tree.continues(5, HEADS[4], 5, HEADS[4], [])
    assert not tree.continues(5, HEADS[4], 5, HEADS[3], [])
    assert not tree.continues(5, HEADS[4], 5, HEADS[4], [bytes(32)])
    assert tree.continues(0, tree.EMPTY, 5, HEADS[4], [])
    assert not tree.continues(0, bytes(32), 5, HEADS[4], [])
    assert not tree.continues(0, tree.EMPTY, 5, HEADS[4], [bytes(32)])
