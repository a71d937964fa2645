import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_music.library.ordering import order_by

SMALL = st.integers(0, 4)


@given(st.lists(st.tuples(SMALL, SMALL, SMALL)))
def test_orders_like_a_full_sort_and_keeps_equal_rows_in_order(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array([row[at] for row in rows], np.int64) for at in range(3)]
    expected = sorted(range(len(rows)), key=rows.__getitem__)
    assert order_by(*columns).tolist() == expected
