"""Templates with code of a language that is parsed: ERB (Ruby) and Blade (PHP)."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import Project

from codegraph.core.facts import UNPARSED, FileFacts, Role
from codegraph.core.symbols import SymbolId
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled
from codegraph.extract.languages import language_of

ERB = """\
<%# hidden() %><%% literal() %>
<% if signed_in? -%>
  <p title="plain()"><%= full_name(@user) %><%== raw_text %></p>
  <% @user.posts.each do |post| # note() %><%= post.title %>
    <%= link_to post.body do %>text<% end %>
  <% end %>
<% else %>
  <a onclick="track(1)"><%= t 'x' %></a>
<% end %>
<script>start(<%= json(@user) %>)</script>
"""
BLADE = """\
@extends('layout')
{{-- hidden() --}} @{{ literal() }} mail@example.com (no) <?= short_tag() ?>
@section('content', title())
@if (allowed($user) && $user->owns("it's )"))
  <p title="plain()">{{ $user->label() }} {!! raw_text($user) !!}</p>
@endif
@foreach ($user->posts() as $post)<li @class(['a' => big($post)])>{{ $post->title }}</li>@endforeach
@forelse(rest() as $one) @empty @endforelse
@for ($i = 0; $i < count_of($user); $i++) @endfor
@php $total = sum_of($user); @endphp
<x-alert :type="kind_of($user)" @click="clicked(1)" class="x" /> <a :href="outside()"></a>
@media (min-width: 3px) { .a { color: of($x) } }
@verbatim {{ verbatim() }} @endverbatim
<script>start({{ App\\Tools::json($user) }})</script>
@include('last', ['a' => last_one($user)])"""
SOURCES = {"erb": ERB, "blade": BLADE}


def facts_of(source: str | bytes, language: str) -> FileFacts:
    """Extract one template."""
    return extract(source.encode() if isinstance(source, str) else source, language, Limits())


def calls(facts: FileFacts) -> dict[str, int]:
    """Return what is called, chains with dots, with the line of the first place."""
    found = [each for each in facts.occurrences.references if each.role is Role.CALL]
    return {".".join(each.chain): each.positions[0] for each in found}


def test_views_of_rails_call_what_stands_in_their_tags() -> None:
    """Blocks go on through the text; comments, text and what is written literally call nothing."""
    facts = facts_of(ERB, "erb")
    assert not facts.outline.problems
    found = calls(facts)
    assert found["@self.signed_in?()"] == 1
    assert found["@self.full_name()"] == 2
    assert found["@file.link_to()"] == 4
    assert found["@self.json()"] == 9
    assert any(chain.endswith(".title()") and line == 3 for chain, line in found.items())
    assert not [each for each in found if "hidden" in each or "literal" in each or "plain" in each or "note" in each]


def test_templates_of_laravel_call_what_stands_in_echoes_and_directives() -> None:
    """Echoes, arguments of directives, loops, raw PHP, attributes of components; a piece that is no PHP costs none."""
    facts = facts_of(BLADE, "blade")
    assert not facts.outline.problems
    found = {re.split(r"[.?]", name)[-1].removesuffix("()"): line for name, line in calls(facts).items()}
    lines = """short_tag=1 title=2 allowed=3 owns=3 label=4 raw_text=4 posts=6 big=6 rest=7 count_of=8 sum_of=9
        kind_of=10 json=13 last_one=14"""
    expected = {name: int(line) for name, _, line in (each.partition("=") for each in lines.split())}
    assert {name: found.get(name) for name in expected} == expected
    assert not set(found) & {"hidden", "literal", "plain", "no", "verbatim"}


@pytest.mark.parametrize(("language", "expected"), [("erb", {"track", "start"}), ("blade", {"clicked", "start"})])
def test_what_the_text_around_code_names_is_said_to_be_unparsed(language: str, expected: set[str]) -> None:
    """Handlers and scripts call functions of JavaScript, which no parser has read here."""
    found = {
        each.chain[1]
        for each in facts_of(SOURCES[language], language).occurrences.references
        if each.chain[0] == UNPARSED
    }
    assert expected <= found
    assert not found & {"full_name", "label", "allowed"}


def test_links_of_templates_are_those_of_their_language() -> None:
    """Calls lead to helpers and models, names in scripts to nothing, with that reason."""
    project = Project(
        {
            "app/helpers/users_helper.rb": "module UsersHelper\n  def full_name(user); user.first_of; end\nend\n",
            "app/models/user.rb": "class User\n  def first_of; end\n  def banner; end\nend\n",
            "app/controllers/about_controller.rb": "class AboutController\n  def about; end\nend\n",
            "app/views/a.html.erb": "<%= full_name(@user) %><%= @user.first_of %><%= @user.about %><%= banner %>\n"
            '<a onclick="full_name()">',
        }
    )
    assert project.edges("app/views/a.html.erb/") == [
        "calls app/helpers/users_helper.rb/UsersHelper#full_name().",
        "calls app/models/user.rb/User#first_of().",
    ]
    misses = {(each.name, each.reason) for each in project.index.snapshot.unresolved("app/views/a.html.erb")}
    assert ("full_name", "unparsed") in misses
    assert {"about", "banner"} <= {name for name, reason in misses if reason != "external"}


def test_actions_of_controllers_are_called_by_nobody_that_has_only_a_name() -> None:
    """The router calls them; the controller itself and what is derived from it may."""
    project = Project(
        {
            "a.rb": "class HomeController\n  def recent; end\n  def shown; recent; end\nend\n",
            "b.rb": "class Story\n  def f(list); list.recent; end\nend\n",
        }
    )
    assert project.edges("b.rb/Story#f().") == []
    assert project.edges("a.rb/HomeController#shown().") == ["calls a.rb/HomeController#recent()."]


def test_links_of_blade() -> None:
    """A function, and a method of a class that is named."""
    project = Project(
        {
            "app/helpers.php": "<?php\nfunction setting($name) { return 1; }\n",
            "app/Models/Book.php": "<?php\nnamespace App\\Models;\nclass Book { static function latest() {} }\n",
            "views/a.blade.php": "@if (setting('x'))\n{{ \\App\\Models\\Book::latest() }}\n@endif\n",
        }
    )
    symbol = SymbolId("views/a.blade.php/")
    found = {
        (each.target, each.confidence) for each in project.index.snapshot.dependencies(symbol) if each.kind == "calls"
    }
    assert found == {
        ("app/helpers.php/setting().", "exact"),
        ("app/Models/Book.php/Book#latest().", "exact"),
    }


def test_names_of_templates() -> None:
    """The longer extension counts."""
    assert language_of("a/b.blade.php", b"") == "blade"
    assert language_of("a/b.php", b"") == language_of("a/b.x.php", b"") == "php"
    assert language_of("a/b.html.erb", b"") == language_of("b.erb", b"") == "erb"


def broken(language: str, seed: int) -> bytes:
    """Return a template with some of it cut out, doubled or replaced."""
    chance = random.Random(seed)
    data = bytearray(SOURCES[language].encode())
    for _ in range(chance.randint(1, 6)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.randrange(30))
        data[start:end] = chance.choice([b"", bytes(data[start:end]) * 2, b"<%", b"%>", b"{{", b"(", b"'", b"\xff\x00"])
    return bytes(data)


@given(st.sampled_from(sorted(SOURCES)), st.integers(0, 1 << 30))
def test_damaged_templates_give_facts(language: str, seed: int) -> None:
    """The parser reads as many bytes as there are, and places lie in the file."""
    data = broken(language, seed)
    read = compiled(language).reading(data).read
    assert len(read) == len(data)
    lines = len(data.splitlines()) + 1
    for each in facts_of(data, language).occurrences.references:
        assert all(line < lines for line in each.positions[::2])
