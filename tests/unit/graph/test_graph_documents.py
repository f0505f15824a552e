"""Which code a name in a document means: `codegraph.graph.resolve.documents`, `codegraph.graph.defined`."""

from __future__ import annotations

from projects import Project

from codegraph.core.symbols import Confidence, DependencyKind, SymbolId
from codegraph.graph import defined

CLIENT = "class Client:\n    def get(self): pass\n    def send_all(self): pass\n    def text(self): pass\n"


def named(project: Project, path: str = "README.md") -> list[str]:
    """Return what a document names, with confidence."""
    found = []
    for symbol in project.index.snapshot.in_file(path):
        for edge in project.index.snapshot.dependencies(symbol.id):
            if edge.kind is not DependencyKind.CONTAINS:
                assert edge.kind is DependencyKind.REFERENCES
                found.append(edge.target + ("" if edge.confidence is Confidence.INFERRED else "?"))
    return found


def of(text: str, path: str = "README.md", **files: str) -> list[str]:
    """Return what a text names in a project with these files, whose names have `_` for `/` and end with `_py`."""
    sources = {"/".join(name.removesuffix("_py").split("__")) + ".py": source for name, source in files.items()}
    return named(Project({path: text, **sources}), path)


def test_qualified_names() -> None:
    """The name before the last is the class's, or of the folder, the file; what stands further out may be left out."""
    files = {"web__client_py": CLIENT, "web__api_py": "def get(): pass\n"}
    assert of("`Client.get`", **files) == ["web/client.py/Client#get()."]
    assert of("`web.Client.get()`", **files) == ["web/client.py/Client#get()."]
    assert of("`web.get()`", **files) == ["web/api.py/get()."]
    assert of("`api.get`", **files) == ["web/api.py/get()."]
    assert of("`client.send_all`", **files) == ["web/client.py/Client#send_all()."]
    assert of("`Server.get` `other.Client.get`", **files) == []


def test_an_instance_is_named_after_its_class() -> None:
    """`client.get` means `Client.get` if nothing is called `client`."""
    assert of("`client.get()`", web_py=CLIENT) == ["web.py/Client#get()."]
    assert of("`clients.get()`", web_py=CLIENT) == []


def test_the_nearest_fit_counts() -> None:
    """A definition directly in what is named wins over one further inside."""
    files = {"web__fields_py": "def Field(): pass\n", "web__old__fields_py": "def Field(): pass\n"}
    assert of("`web.Field`", **files) == ["web/fields.py/Field()."]
    assert of("`old.Field`", **files) == ["web/old/fields.py/Field()."]


def test_names_alone() -> None:
    """What stands outside of classes comes first; a plain word is no member's name unless it is said to be one."""
    files = {"web__client_py": CLIENT, "web__api_py": "def get(): pass\n"}
    assert of("`get()`", **files) == ["web/api.py/get()."]
    assert of("`text()`", **files) == []
    assert of("`.text()`", **files) == ["web/client.py/Client#text()."]
    assert of("`send_all`", **files) == ["web/client.py/Client#send_all()."]
    assert of("# Client\n`text()`", **files) == ["web/client.py/Client#text()."]
    assert of("# `Client`\n## More\n`get()`", **files) == ["web/client.py/Client#", "web/client.py/Client#get()."]


def test_several_that_fit() -> None:
    """Up to four are ambiguous if code is certainly meant; overloads are one; a word alone is left open."""
    two = {"a_py": "def parse_it(): pass\n", "b_py": "def parse_it(): pass\n"}
    assert of("`parse_it()`", **two) == ["a.py/parse_it().?", "b.py/parse_it().?"]
    assert of("`parse_it`", **two) == []
    assert of("`a.parse_it`", **two) == ["a.py/parse_it()."]
    assert of("`f()`", a_py="def f(): pass\ndef f(x): pass\n") == ["a.py/f().", "a.py/f(+1)."]
    many = {f"m{number}_py": "def run(): pass\n" for number in range(5)}
    project = Project({"README.md": "`run()`", **{f"m{number}.py": "def run(): pass\n" for number in range(5)}})
    assert of("`run()`", **many) == []
    assert [miss.reason for miss in project.index.snapshot.unresolved("README.md")] == ["ambiguous"]


def test_code_aside_counts_only_for_documents_there() -> None:
    """Tests and examples are named by their own documents; below a document's folder is nearer than elsewhere."""
    assert of("`helper_of()`", tests__a_py="def helper_of(): pass\n") == []
    assert of("`helper_of()`", "tests/README.md", tests__a_py="def helper_of(): pass\n") == ["tests/a.py/helper_of()."]
    two = {"one__a_py": "def parse(): pass\n", "two__a_py": "def parse(): pass\n"}
    assert of("`parse()`", "two/README.md", **two) == ["two/a.py/parse()."]


def test_files_and_modules() -> None:
    """A path leads to a file, seen from the document or the root; a dotted name of a module to the module."""
    files = {"web__client_py": CLIENT, "web__deep____init___py": ""}
    assert of("`web/client.py`", **files) == ["web/client.py/"]
    assert of("`../web/client.py`", "docs/a.md", **files) == ["web/client.py/"]
    assert of("`web.client`, `web/none.py`", **files) == ["web/client.py/"]
    assert of("`web.deep`", web__deep____init___py="") == []
    assert of("`web/setup.py`", web__setup_py="") == [], "a guide may mean its reader's"


def test_declarations_and_definitions_in_c_are_one() -> None:
    """A function that a header declares and a source defines is named once, both ways."""
    files = {"uv.h": "int uv_run(int mode);\n", "src/core.c": "int uv_run(int mode) { return 0; }\n"}
    project = Project({"README.md": "`uv_run()`", **files})
    assert named(project) == ["src/core.c/uv_run().", "uv.h/uv_run()."]


def test_go_packages_have_names_of_their_own() -> None:
    """A Go package is called what its files say, whatever its folder."""
    project = Project({"README.md": "`chi.NewRouter()`", "mux.go": "package chi\n\nfunc NewRouter() {}\n"})
    assert named(project) == ["mux.go/NewRouter()."]


def test_a_name_that_appears_moves_or_goes_links_again_only_those_who_ask() -> None:
    """A document is linked again when the definitions of a name that it says change, and for nothing else."""
    project = Project({"README.md": "`parse()` `a/b.py`", "other.md": "`else()`", "a/x.py": "def f(): pass\n"})
    assert named(project) == []
    assert project.change({"a/b.py": "def parse(): pass\n"}).relinked == ("README.md", "a/b.py")
    assert named(project) == ["a/b.py/parse().", "a/b.py/"]
    assert project.change({"a/b.py": "def parse(text): return 1\n"}).relinked == ("a/b.py",)
    assert project.change({"a/b.py": "def renamed(): pass\n"}).relinked == ("README.md", "a/b.py")
    assert named(project) == ["a/b.py/"]
    assert project.change({"a/b.py": None}).relinked == ("README.md",)
    assert named(project) == []


def test_a_section_goes_stale_with_what_it_names() -> None:
    """An interface two steps away marks the section, and no document ever marks code."""
    code = {"a.py": "from b import inner\ndef outer(): inner()\n", "b.py": "def inner(): pass\n"}
    project = Project({"README.md": "# Use\n`outer()`\n# Else\ntext\n", **code})
    changed = project.change({"b.py": "def inner(size): pass\n"})
    assert set(changed.keys) == {"README.md/use:", "a.py/outer().", "b.py/inner()."}
    changed = project.change({"README.md": "# Other\n`outer()` and more\n# Else\ntext\n"})
    assert {symbol.partition("/")[0] for symbol in changed.marked} == {"README.md"}


def test_local_functions_and_sections_are_no_targets() -> None:
    """Neither a heading of the same words nor a function inside a function is what a document names."""
    project = Project({"README.md": "# parse_it\n`parse_it()`", "a.ts": "function f() { function parse_it() {} }\n"})
    assert named(project) == []


def test_a_name_with_too_many_definitions_says_nothing(monkeypatch) -> None:
    """Beyond a bound a name is not looked into."""
    monkeypatch.setattr(defined, "MAX_DEFINITIONS", 2)
    files = {f"m{number}.py": "class Client:\n    def run(self): pass\n" for number in range(3)}
    assert named(Project({"README.md": "`m1.Client.run`", **files})) == []


def test_names_with_slashes_and_numbers() -> None:
    """Descriptors with a slash in them, and members of a second function of a name, are told apart."""
    text = "export class A { 'x/y'() {} run_it() {} }\n"
    project = Project({"README.md": "`A.run_it`", "a.ts": text, "b.py": "def f(): pass\ndef f():\n  pass\n"})
    assert named(project) == ["a.ts/A#run_it()."]
    names = defined.DefinedNames(project.index.snapshot, {})
    assert names.value("any\x1fx/y") == (("a.ts", "A#`x/y`()."),)
    assert names.value("path\x1fREADME.md") is None
    assert project.index.snapshot.symbol(SymbolId("a.ts/A#`x/y`().")) is not None


def test_a_word_means_no_function_that_a_module_keeps_to_itself() -> None:
    """A bare word is a function of a JavaScript module if that exports it; calls, and words for scripts', are free."""
    sources = {
        "a.js": "function asObject() {}\nfunction makeAll() {}\nmodule.exports = makeAll",
        "b.ts": "function keepOrder() {}\nexport function sortAll() {}\nexport default firstOf\nfunction firstOf() {}",
        "c.js": "function runAll() {}",
    }
    words = {"makeAll": "a.js", "sortAll": "b.ts", "firstOf": "b.ts", "runAll": "c.js"}
    for word in ("asObject", "keepOrder", *words):
        found = named(Project({"README.md": f"The `{word}` is", **sources}))
        assert found == ([f"{words[word]}/{word}()."] if word in words else []), word
    assert named(Project({"README.md": "`asObject()`", **sources})) == ["a.js/asObject()."]


def test_tests_of_types_are_aside() -> None:
    """What a test of declarations (`x.test-d.ts`) makes is not meant by others."""
    assert named(Project({"README.md": "`makeOptions()`", "index.test-d.ts": "export const makeOptions = 1"})) == []
