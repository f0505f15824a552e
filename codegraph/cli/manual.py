"""What `--help` says behind the options: examples, exit codes, how symbols are named. Nothing is imported.

Every example is typed by a test. Tests: tests/unit/cli/test_cli_main.py.
"""

from __future__ import annotations

from collections.abc import Mapping

EPILOG = """\
exit codes:
   0  done                                   6  state or cache could not be used
   1  `verify` found a difference,           7  the model could not be used
      `doctor` a problem                     8  the daemon is not running, or refused
   2  wrong usage                            9  not done within --timeout
   3  bad configuration                     70  a bug: please report it
   4  no such project, path or file        130  interrupted
   5  unknown or ambiguous symbol          141  the output could not be written, or is not read

A SYMBOL is an id (src/pkg/mod.py/Class#method().), a qualified name (pkg.mod.Class.method or a dotted
end of it), a bare name, or FILE:LINE[:COLUMN] with lines from 1 and columns from 0, as printed.
"""

QUERY_LANGUAGE = """\
filters in the QUERY (quote it for the shell):
  lang:python  kind:class,function   only these (also --language, --kind)
  path:src/**  -path:tests/          only files like this; none like that
  in:Session   in:sessions.py        only what stands in this class, module or file
  calls:open                         only what calls something of this name
  "exact words"                      which must occur in name, signature, docstring or body
"""

EXAMPLES: Mapping[str, str] = {
    "index": """\
codegraph index                      the project around the working directory
codegraph index ~/src/shop           exactly this directory
codegraph index --rebuild            read every file again""",
    "start": """\
codegraph start
codegraph start --set cascade.depth=2 --set embedding.model=minilm""",
    "stop": """\
codegraph stop
codegraph stop ~/src/shop""",
    "restart": "codegraph restart                    takes a changed configuration into use",
    "forget": """\
codegraph forget                     the next command indexes the project anew
codegraph forget ~/src/shop/api      was indexed by itself; it belongs to ~/src/shop again""",
    "status": """\
codegraph status
codegraph status --watch""",
    "search": """\
codegraph search "retry a request after a redirect"
codegraph search 'retry lang:go -path:vendor/' --limit 5
codegraph search 'calls:urlopen kind:function' --json""",
    "similar": """\
codegraph similar Session.get --limit 5
codegraph similar src/http.py:120
pbpaste | codegraph similar -""",
    "clones": """\
codegraph clones src/ --kind exact
codegraph clones --format sarif""",
    "symbols": """\
codegraph symbols Session
codegraph symbols --match prefix parse_
codegraph symbols src/http.py""",
    "definition": "codegraph definition src/http.py:120:8",
    "explain": "codegraph explain Session.get",
    "embed": """\
codegraph embed Session.get --json
codegraph embed --text "retry with back-off\"""",
    "callers": """\
codegraph callers Session.get
codegraph callers src/http.py:120 --depth 3""",
    "callees": "codegraph callees Session.get --depth 2",
    "references": "codegraph references Session",
    "dependencies": """\
codegraph dependencies Session.get
codegraph dependencies Session --reverse --kind inherits""",
    "impact": "codegraph impact Session.get --depth 2",
    "export": """\
codegraph export edges
codegraph export graph --format dot --output graph.dot
codegraph export dataflow src/http.py""",
    "events": """\
codegraph events --type committed --type embedded
codegraph events --recent --count 20 --json""",
    "sync": "codegraph sync --wait embedded --timeout 300",
    "verify": "codegraph verify && echo the index is what a clean build gives",
    "skipped": """\
codegraph skipped --reason too_large
codegraph skipped src/parser.py      what keeps this file out""",
    "cache": """\
codegraph cache stats
codegraph cache prune""",
    "config": """\
codegraph config show
codegraph config path""",
    "models": """\
codegraph models                     all; `codegraph models minilm`: one
codegraph models use minilm
codegraph models use default
codegraph models fit mine --method pca --dimensions 128""",
    "metrics": "codegraph metrics",
    "completion": """\
codegraph completion bash > ~/.local/share/bash-completion/completions/codegraph
codegraph completion zsh >> ~/.zshrc
codegraph completion fish > ~/.config/fish/completions/codegraph.fish""",
    "mcp": """\
codegraph mcp                        from a program that speaks the protocol
codegraph mcp ~/src/shop             claude mcp add codegraph -- codegraph mcp ~/src/shop""",
    "lsp": "codegraph lsp                        from an editor, beside the language's own server",
    "doctor": "codegraph doctor",
    "daemon-run": "",
}
"""Per command what to type, one example a line; behind two blanks what it means."""


def epilog_of(command: str) -> str:
    """Return what the help of a command ends with."""
    query = f"{QUERY_LANGUAGE}\n" if command == "search" else ""
    lines = "".join(f"  {line}\n" for line in EXAMPLES[command].splitlines())
    return f"{query}examples:\n{lines}\n{EPILOG}"
