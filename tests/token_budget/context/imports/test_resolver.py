from __future__ import annotations

import pytest

from token_budget.context.imports.resolver import ImportResolver


def resolved(importer, statement, *others, **manifests):
    files = dict.fromkeys(others, ()) | {importer: (statement,)}
    return set(ImportResolver(files | manifests).imports_of(importer))


@pytest.mark.parametrize(
    ("importer", "statement", "others", "expected"),
    [
        ("src/pack/a.py", "pack.b:name", ["src/pack/b.py", "src/pack/__init__.py"],
         "src/pack/b.py"),
        ("src/pack/a.py", "pack:b", ["src/pack/b.py", "src/pack/__init__.py"], "src/pack/b.py"),
        ("src/pack/a.py", "pack:name", ["src/pack/__init__.py"], "src/pack/__init__.py"),
        ("libs/x/pack/a.py", "pack.b", ["libs/x/pack/b.py", "libs/x/pack/__init__.py"],
         "libs/x/pack/b.py"),
        ("tests/t.py", "pack.b", ["pack/b.py"], "pack/b.py"),
        ("p/q/a.py", ".:b", ["p/q/b.py"], "p/q/b.py"),
        ("p/q/a.py", "..r.s:name", ["p/r/s.py"], "p/r/s.py"),
        ("p/__init__.py", ".a:name", ["p/a.pyi"], "p/a.pyi"),
        ("a.py", "os", ["b.py"], None),
        ("web/a.ts", "./b", ["web/b.tsx"], "web/b.tsx"),
        ("web/a.ts", "./b.js", ["web/b.ts"], "web/b.ts"),
        ("web/a.ts", "../lib", ["lib/index.ts"], "lib/index.ts"),
        ("web/src/a/b.vue", "@/c", ["web/src/c.js"], "web/src/c.js"),
        ("a.ts", "react", ["react.ts"], None),
        ("src/lib.rs", "mod b", ["src/b.rs"], "src/b.rs"),
        ("src/b.rs", "mod c", ["src/b/c.rs"], "src/b/c.rs"),
        ("src/b/c.rs", "crate::d::Thing", ["src/d.rs", "src/lib.rs"], "src/d.rs"),
        ("src/b/c.rs", "super::e::f", ["src/b/e.rs", "src/lib.rs"], "src/b/e.rs"),
        ("src/b/c.rs", "crate::Thing", ["src/lib.rs"], "src/lib.rs"),
        ("src/b.rs", "std::fmt", ["src/std.rs"], None),
        ("x/A.java", "org.b.Outer.Inner", ["main/org/b/Outer.java"], "main/org/b/Outer.java"),
        ("x/A.kt", "org.b.C", ["main/org/b/C.java"], "main/org/b/C.java"),
        ("src/a.c", "b.h", ["src/b.h", "include/b.h"], "src/b.h"),
        ("src/a.c", "lib/b.h", ["include/lib/b.h"], "include/lib/b.h"),
        ("lib/a.rb", "x/b", ["lib/x/b.rb"], "lib/x/b.rb"),
        ("lib/a.rb", "./c", ["lib/c.rb", "c.rb"], "lib/c.rb"),
        ("a.php", "App\\Models\\Book", ["src/Models/Book.php"], "src/Models/Book.php"),
    ],
)  # fmt: skip
def test_an_import_means_the_file_that_its_language_would_load(
    importer, statement, others, expected
):
    assert resolved(importer, statement, *others) == ({expected} if expected else set())


def test_packages_of_one_repository_are_found_by_the_names_in_their_manifests():
    others = ["packages/types/src/index.ts"]
    manifests = {"packages/types/package.json": ("=@scope/types",)}
    assert resolved("packages/app/a.ts", "@scope/types", *others, **manifests) == set(others)
    others = ["core/src/extract.rs", "core/src/lib.rs"]
    manifests = {"core/Cargo.toml": ("=my-core",)}
    assert resolved("app/src/a.rs", "my_core::extract::From", *others, **manifests) == {others[0]}


def test_an_import_in_go_means_every_source_of_the_package_but_not_its_tests():
    others = ["x/a.go", "x/b.go", "x/b_test.go", "x/sub/c.go"]
    manifests = {"go.mod": ("=example.org/m",)}
    assert resolved("main.go", "example.org/m/x", *others, **manifests) == {"x/a.go", "x/b.go"}
    assert resolved("x/a.go", "example.org/m", "root.go", **manifests) == {"root.go"}


def test_of_several_files_the_nearest_is_meant():
    others = ["one/pack/b.py", "two/pack/b.py", "one/pack/__init__.py", "two/pack/__init__.py"]
    assert resolved("two/tests/a.py", "pack.b", *others) == {"two/pack/b.py"}


def test_a_file_never_imports_itself_and_one_without_imports_is_not_listed():
    resolver = ImportResolver({"a.py": ("a", ".:a"), "b.py": ("a",), "c.unknown": ("a",)})
    assert resolver.imports() == {"b.py": {"a.py"}}
