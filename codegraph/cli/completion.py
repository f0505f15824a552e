"""The completion command: a script for the shell, made of the parser, so that it offers what can be typed.

Commands, then options and their choices; else file names. Tests: tests/unit/cli/test_cli_completion.py.
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from codegraph.cli.manual import EXAMPLES
from codegraph.cli.output import Output

_FOR_ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
_SCRIPT = """\
_codegraph() {{
    local word command= words=
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in {any}) command=$word; break ;; esac
    done
    case "$command" in
{commands}
    esac
    case "$command ${{COMP_WORDS[COMP_CWORD-1]}}" in
{options}
    esac
    COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _codegraph codegraph
"""


def completion(arguments: Namespace, output: Output) -> int:
    """Print the script of one shell."""
    from codegraph.cli.parser import build_parser

    text = (_FOR_ZSH if arguments.shell == "zsh" else "") + script_of(build_parser())
    if output.json:
        output.record({"shell": arguments.shell, "script": text})
    else:
        output.stream.write(text)
    return 0


def script_of(parser: argparse.ArgumentParser) -> str:
    """Return what bash is to read to complete the commands of a parser."""
    (group,) = (argument for argument in _arguments(parser) if argument.dest == "command")
    shown: dict[str, Any] = {name: command for name, command in dict(group.choices or ()).items() if EXAMPLES[name]}
    for command in shown.values():
        command.complete()
    own = (option for argument in _arguments(parser) for option in argument.option_strings)
    commands = [_case(name, _words(command)) for name, command in shown.items()] + [_case("*", (*shown, *own))]
    options = [line for name, command in shown.items() for line in _behind_options(name, command)]
    return _SCRIPT.format(any="|".join(shown), commands="\n".join(commands), options="\n".join(options))


def _arguments(parser: argparse.ArgumentParser) -> Sequence[argparse.Action]:
    return parser._actions  # noqa: SLF001 - argparse tells what it takes in no other way


def _case(pattern: str, words: Iterable[str]) -> str:
    return f'        {pattern}) words="{" ".join(words)}" ;;'


def _words(command: argparse.ArgumentParser) -> Iterator[str]:
    """Yield what may stand where a word of a command begins."""
    for argument in _arguments(command):
        yield from argument.option_strings or map(str, argument.choices or ())


def _behind_options(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    """Yield a line for each option: what may stand behind it, nothing where that is a file or free."""
    for argument in _arguments(command):
        if argument.option_strings and argument.nargs != 0:
            pattern = "|".join(f'"{name} {option}"' for option in argument.option_strings)
            yield _case(pattern, map(str, argument.choices or ()))
