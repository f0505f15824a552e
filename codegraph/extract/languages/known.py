"""Which languages there are: what their files are called, and the wheels that their grammars come in.

That much is known of a language before its folder is loaded, see `codegraph.extract.languages`.
"""

from __future__ import annotations

from typing import NamedTuple


class KnownLanguage(NamedTuple):
    """How the files of a language are recognised."""

    name: str
    distribution: str
    """The grammar's wheel; its version is part of EXTRACTOR_VERSION. "": it has none."""
    extensions: tuple[str, ...] = ()
    """Lower case, with the dot."""
    file_names: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    """Names in a `#!` line."""
    name_patterns: tuple[str, ...] = ()
    """Patterns of whole file names, for what neither its name nor its extension tells."""


OWN_LANGUAGES = (
    KnownLanguage("python", "tree-sitter-python", (".py", ".pyi", ".pyw"), interpreters=("python", "pypy")),
    KnownLanguage(
        "javascript", "tree-sitter-javascript", (".js", ".mjs", ".cjs", ".jsx"), interpreters=("node", "bun", "deno")
    ),
    KnownLanguage("typescript", "tree-sitter-typescript", (".ts", ".mts", ".cts")),
    KnownLanguage("tsx", "tree-sitter-typescript", (".tsx",)),
    KnownLanguage("vue", "tree-sitter-typescript", (".vue",)),
    KnownLanguage("svelte", "tree-sitter-typescript", (".svelte",)),
    KnownLanguage("astro", "tree-sitter-typescript", (".astro",)),
    KnownLanguage(
        "json-config",
        "tree-sitter-javascript",
        file_names=("package.json", "tsconfig.json", "jsconfig.json"),
        name_patterns=("tsconfig.*.json", "tsconfig-*.json", "jsconfig.*.json"),
    ),
    KnownLanguage("java", "tree-sitter-java", (".java",)),
    KnownLanguage("go", "tree-sitter-go", (".go",)),
    KnownLanguage("go-mod", "tree-sitter-go", file_names=("go.mod",)),
    KnownLanguage("rust", "tree-sitter-rust", (".rs",)),
    KnownLanguage("cargo", "tree-sitter-python", file_names=("Cargo.toml",)),
    KnownLanguage("c", "tree-sitter-c", (".c", ".h")),
    KnownLanguage(
        "cpp",
        "tree-sitter-cpp",
        (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".tpp", ".inl", ".cu", ".cuh"),
    ),
    KnownLanguage("c_sharp", "tree-sitter-c-sharp", (".cs", ".csx")),
    KnownLanguage(
        "ruby",
        "tree-sitter-ruby",
        (".rb", ".rake", ".gemspec", ".ru"),
        file_names=("Rakefile", "Gemfile"),
        interpreters=("ruby",),
    ),
    KnownLanguage("php", "tree-sitter-php", (".php", ".phtml", ".inc"), interpreters=("php",)),
    KnownLanguage("kotlin", "tree-sitter-kotlin", (".kt", ".kts")),
    KnownLanguage("swift", "tree-sitter-swift", (".swift",)),
    KnownLanguage("scala", "tree-sitter-scala", (".scala", ".sc", ".sbt")),
    KnownLanguage("lua", "tree-sitter-lua", (".lua",), interpreters=("lua", "luajit")),
    KnownLanguage(
        "bash", "tree-sitter-bash", (".sh", ".bash", ".zsh"), interpreters=("bash", "sh", "dash", "zsh", "ksh")
    ),
    KnownLanguage("haskell", "tree-sitter-haskell", (".hs",)),
    KnownLanguage("elixir", "tree-sitter-elixir", (".ex", ".exs"), interpreters=("elixir",)),
    KnownLanguage("zig", "tree-sitter-zig", (".zig",)),
    KnownLanguage("markdown", "", (".md", ".markdown", ".mdown", ".mkd", ".mdx")),
    KnownLanguage("rst", "", (".rst", ".rest")),
)
"""Each in the folder of its name, `-` being `_`."""
