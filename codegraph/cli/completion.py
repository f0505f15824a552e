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

    parser = build_parser()
    if arguments.shell == "fish":
        text = fish_script_of(parser)
    else:
        text = (_FOR_ZSH if arguments.shell == "zsh" else "") + script_of(parser)
    if output.json:
        output.record({"shell": arguments.shell, "script": text})
    else:
        output.stream.write(text)
    return 0


def script_of(parser: argparse.ArgumentParser) -> str:
    """Return what bash, or zsh with `_FOR_ZSH` before it, is to read to complete the commands of a parser."""
    shown = _commands(parser)
    own = (option for argument in _arguments(parser) for option in argument.option_strings)
    commands = [_case(name, _words(command)) for name, command in shown.items()] + [_case("*", (*shown, *own))]
    options = [line for name, command in shown.items() for line in _behind_options(name, command)]
    return _SCRIPT.format(any="|".join(shown), commands="\n".join(commands), options="\n".join(options))


def fish_script_of(parser: argparse.ArgumentParser) -> str:
    """Return what fish is to read to complete the commands of a parser, with what their help says."""
    shown = _commands(parser)
    lines = ["complete -c codegraph -n __fish_use_subcommand -f"]  # no file is a command
    for name, command in shown.items():
        about = _quoted(command.description or "")
        lines.append(f"complete -c codegraph -n __fish_use_subcommand -a {name} -d {about}")
    lines += [_fish("__fish_use_subcommand", argument) for argument in _arguments(parser) if argument.option_strings]
    for name, command in shown.items():
        lines += [_fish(f"'__fish_seen_subcommand_from {name}'", argument) for argument in _arguments(command)]
    return "\n".join(filter(None, lines)) + "\n"


def _fish(when: str, argument: argparse.Action) -> str:
    """Return the line of one option, or of a word with choices; "" for any other word: files are offered for it."""
    words = [f"-{'l' if option.startswith('--') else 's'} {option.lstrip('-')}" for option in argument.option_strings]
    if argument.choices:
        words += ["-x"] * bool(words) + [f"-a {_quoted(' '.join(map(str, argument.choices)))}"]
    elif words and argument.nargs != 0:
        words.append("-r")
    if words and argument.help:
        words.append(f"-d {_quoted(argument.help.replace('%(default)s', str(argument.default)))}")
    return " ".join(("complete -c codegraph -n", when, *words)) if words else ""


def _quoted(text: str) -> str:
    """Write a text as fish reads it in single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _commands(parser: argparse.ArgumentParser) -> dict[str, Any]:
    """Return the parsers of the commands that --help lists, with all their arguments."""
    (group,) = (argument for argument in _arguments(parser) if argument.dest == "command")
    shown: dict[str, Any] = {name: command for name, command in dict(group.choices or ()).items() if EXAMPLES[name]}
    for command in shown.values():
        command.complete()
    return shown


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
