from __future__ import annotations

from benchmarks.context_baselines import (
    HEADER_TOKENS,
    WINDOW_LINES,
    by_bm25,
    by_shared_words,
    filled,
    whole_files,
    windows,
)

LONG = "".join(f"line {number}\n" for number in range(100))


def count(text):
    return len(text.split())


def test_windows_cover_a_file():
    found = windows(LONG, "a.py", count)
    assert [one.lines for one in found] == [(1, 40), (41, 80), (81, 100)]
    assert found[0].tokens == 2 * WINDOW_LINES + 1 + HEADER_TOKENS


def test_a_whole_file_is_one_passage():
    (found,) = whole_files(LONG, "a.py", count)
    assert found.lines == (1, 100)


def test_rare_words_and_paths_decide_the_order():
    passages = [
        *whole_files("nothing here\n", "src/cache.py", count),
        *whole_files("evict the entry\n", "src/other.py", count),
        *whole_files("nothing here\n", "src/third.py", count),
    ]
    assert [one.path for one in by_bm25("evict", passages)] == ["src/other.py"]
    assert [one.path for one in by_bm25("cache", passages)] == ["src/cache.py"]


def test_the_rule_of_shared_words_counts_paths_three_times():
    texts = {"cache.py": "x\n", "other.py": "cache evict\n"}
    passages = [one for path, text in texts.items() for one in whole_files(text, path, count)]
    ordered = by_shared_words("cache evict", passages, texts)
    assert [one.path for one in ordered] == ["cache.py", "other.py"]


def test_what_does_not_fit_is_passed_over():
    large, small = whole_files(LONG, "a.py", count)[0], whole_files("x\n", "b.py", count)[0]
    assert filled([large, small], 50) == {"b.py": [(1, 1)]}
    assert filled([large], 1_000, first=[small, large]) == {"b.py": [(1, 1)], "a.py": [(1, 100)]}
