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
    folder: str = ""
    """Where its spec is; "": in the folder of its name, `-` being `_`."""


def _unparsed(name: str, *extensions: str, file_names: tuple[str, ...] = ()) -> KnownLanguage:
    return KnownLanguage(name, "", extensions, file_names, folder="unparsed")


OWN_LANGUAGES = (
    KnownLanguage("python", "tree-sitter-python", (".py", ".pyi", ".pyw"), interpreters=("python", "pypy")),
    KnownLanguage("jupyter", "tree-sitter-python", (".ipynb",)),
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
    KnownLanguage("erb", "tree-sitter-ruby", (".erb", ".rhtml")),
    KnownLanguage("php", "tree-sitter-php", (".php", ".phtml", ".inc"), interpreters=("php",)),
    KnownLanguage("blade", "tree-sitter-php", (".blade.php",)),
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
    _unparsed("html", ".html", ".htm", ".xhtml"),
    _unparsed("jinja", ".jinja", ".jinja2", ".j2", ".njk", ".twig", ".liquid", ".django", ".tera"),
    _unparsed("handlebars", ".hbs", ".handlebars", ".mustache"),
    _unparsed("go-template", ".tmpl", ".gotmpl", ".gohtml", ".tpl"),
    _unparsed("ejs", ".ejs", ".eta"),
    _unparsed("heex", ".heex", ".eex", ".leex"),
    _unparsed("jsp", ".jsp", ".jspx", ".jspf", ".tag", ".tagx"),
    _unparsed("freemarker", ".ftl", ".ftlh"),
    _unparsed("velocity", ".vm"),
    _unparsed("mako", ".mako"),
    _unparsed("aspx", ".aspx", ".ascx", ".asp", ".master"),
    _unparsed("razor", ".cshtml", ".razor"),
    _unparsed("haml", ".haml"),
    _unparsed("slim", ".slim"),
    _unparsed("pug", ".pug", ".jade"),
    _unparsed("xaml", ".xaml", ".axaml", ".fxml"),
    _unparsed("coffeescript", ".coffee"),
    _unparsed("groovy", ".groovy", ".gradle", file_names=("Jenkinsfile",)),
    _unparsed("dart", ".dart"),
    _unparsed("qml", ".qml"),
    _unparsed("objective-c", ".m", ".mm"),
    _unparsed("opencl", ".cl"),
    _unparsed("yacc", ".y", ".yy", ".ypp", ".l", ".ll", ".lex", ".re", ".rl"),
    _unparsed("x-macros", ".def", ".tbl"),
    _unparsed("assembly", ".s", ".asm"),
    _unparsed("cython", ".pyx", ".pxd", ".pxi"),
    _unparsed("clojure", ".clj", ".cljs", ".cljc"),
    _unparsed("f_sharp", ".fs", ".fsi", ".fsx"),
    _unparsed("ocaml", ".ml", ".mli", ".mll", ".mly"),
    _unparsed("visual_basic", ".vb", ".vbhtml"),
    _unparsed("erlang", ".erl", ".hrl"),
    _unparsed("julia", ".jl"),
    _unparsed("r", ".r"),
    _unparsed("perl", ".pl", ".pm", ".xs"),
    _unparsed("entry-points", file_names=("pyproject.toml", "setup.cfg")),
)
"""All that are read without a plug-in."""
