"""Which names stand in code of templates and of languages without a grammar, and which in their text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegraph.core.facts import FileFacts, Role
from codegraph.core.symbols import UNPARSED_LANGUAGES, SymbolKind
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.languages import KNOWN, language_of
from codegraph.extract.languages.unparsed import MAX_NAME, SPECS
from codegraph.extract.languages.unparsed.forms import FORMS
from codegraph.graph.resolve import scheme_of
from codegraph.graph.resolve.unparsed import UnparsedScheme

DJANGO = """\
<!doctype html><title class="plain">text</title>
{% extends "base.html" %}{# comment #}
{% for article in articles.all %}
<a href="{{ article.get_absolute_url }}" onclick="track(this)" title="of()">{{ article.title|shorten:"30 chars" }}</a>
{% endfor %}
<script type="application/json">{"key": "value"}</script>
<script>start("now"); // {{ config }}
</script>
<button (click)='save($event)' [class.open]="isOpen" @input="typed" v-if="shown" th:text="${user.label()}">b</button>
@if (ready()) { <p>{{ unclosed </p>
"""
CODE = {
    "html": (
        DJANGO,
        """
        article articles all get_absolute_url track title shorten start config save $event isOpen typed shown user label
        ready $
        """,
    ),
    "jinja": ("{{ url_for('view') }} {% call field(form.name) %} {# none() #} {{- trimmed -}}", None),
    "handlebars": ("{{!-- hidden() --}}{{{raw}}} {{#each rows}}{{format this.at}}{{/each}}", "raw rows format at"),
    "go-template": (
        '{{ define "x" }}{{ .Site.Title | upper }}{{/* none */}}{$smarty.now}',
        "define Site Title upper $smarty now",
    ),
    "ejs": ("<%= title %> text <%- include('x', helper()) %> <%# hidden %>", "title helper"),
    "heex": ("<.link patch={path(@id)}>{{gone}}</.link> <%= if valid?(x) do %>", "path id valid? x gone"),
    "jsp": ('<%@ page import="java.util" %><%= Tools.now() %> ${user.name}', "page Tools now user name"),
    "freemarker": ("<#list rows as row>${row.total()}</#list> <@macro/> text", "list rows row total macro"),
    "velocity": ("Dear $user.name,\n#set($x = compute(1))\nplain words\n", "user name set $x compute"),
    "mako": ("% if check(x):\n${render()}\n% endif\nwords", "check x render"),
    "aspx": ('<asp:Button OnClick="Save_Click" /> <%# Bind("x") %> words', "Save_Click"),
    "razor": ("@Html.Raw(Text()) <b>plain words</b> @* none() *@ @if (IsOpen) { }", "Html Raw Text IsOpen"),
    "haml": ("%p= name_of(user)\n- if valid?\n# none\n", "p name_of user valid?"),
    "slim": ("p = name_of user\n", "p name_of user"),
    "pug": ("p= nameOf(user)\n// none\n", "p nameOf user"),
    "xaml": ('<Button Click="OnSave" Content="{Binding Name}">text</Button>', "OnSave Binding Name"),
    "coffeescript": ('run = -> save "a", "#{label}" # none\n', "run save label"),
    "groovy": ("task x { doLast { compute 'text', 1 } } // none\n", "task x doLast compute"),
    "dart": ("void main() { var plain = a; run(plain); x.stop; } // none()\n", "main run stop"),
    "qml": ("Item { onClicked: save(1) }", "onClicked save"),
    "objective-c": ("int y = size; [view reload]; native_sum(1); /* none() */", "reload native_sum"),
    "opencl": ("float y = blur(x);", "blur"),
    "yacc": ("sum : NUM '+' NUM { $$ = make_node($1); /* none() */ }", "sum make_node"),
    "x-macros": ("ITEM(first, init_first) // none\n", "ITEM first init_first"),
    "assembly": (" call compute /* none */\n", "call compute"),
    "cython": ("def f(x):\n  y = count\n  return run(y) # none()\n", "f run"),
    "clojure": ("(.getName user) (A/compute 1) ; none\n", "getName user A compute"),
    "f_sharp": ("let x = compute 1 (* none *)\n", "x compute"),
    "ocaml": ('external f : int -> int = "native_sum" (* none *)', "external f native_sum"),
    "visual_basic": ("Call Compute(1) ' none\n", "Call Compute"),
    "erlang": ("f() -> tools:run(x). % none()\n", "f tools run"),
    "julia": ("ccall((:native_sum, lib), Int, ()) # none()\n", "ccall native_sum"),
    "r": ('.Call("compute", x) # none()\n', "Call compute"),
    "perl": ("my $x = compute 1; # none\n", "my $x compute"),
    "entry-points": ('[project.scripts]\ntool = "package.cli:main"\nname = "other"\n', "main"),
}


def facts_of(source: str | bytes, language: str) -> FileFacts:
    """Extract one file."""
    return extract(source.encode() if isinstance(source, str) else source, language, Limits())


def names(facts: FileFacts) -> set[str]:
    """Return what is mentioned, all of it by one name that is called."""
    assert all(len(each.chain) == 1 and each.role is Role.CALL for each in facts.occurrences.references)
    return {each.chain[0] for each in facts.occurrences.references}


@pytest.mark.parametrize("language", sorted(FORMS))
def test_names_in_code_are_mentioned_and_no_others(language: str) -> None:
    """Code is what stands between a language's brackets; comments, strings, keywords and text name nothing."""
    source, expected = CODE[language]
    expected = "url_for call field form name trimmed" if expected is None else expected
    assert names(facts_of(source, language)) == set(expected.split())


def test_each_of_these_languages_is_known_everywhere() -> None:
    """A language that is read by words has a form, a name for its files, and the scheme that resolves nothing."""
    assert set(FORMS) == set(SPECS) == set(CODE) == UNPARSED_LANGUAGES
    for name in FORMS:
        known = KNOWN[name]
        assert (known.folder, known.distribution) == ("unparsed", "")
        assert isinstance(scheme_of(name), UnparsedScheme)
        for extension in known.extensions:
            assert language_of(f"x/name{extension}", b"") == name


def test_a_file_has_no_symbol_but_itself_and_says_where_names_stand() -> None:
    """The place is that of the first time, in lines and UTF-16 columns."""
    facts = facts_of("<p>\u00e9\U0001f600 {{ total }}\n{{ total }} {{ late }}", "html")
    assert [each.kind for each in facts.outline.definitions] == [SymbolKind.MODULE]
    assert [(each.chain[0], each.positions) for each in facts.occurrences.references] == [
        ("total", (0, 10)),
        ("late", (1, 15)),
    ]


def test_what_opens_and_does_not_close_hides_nothing_behind_it() -> None:
    """An opening without its end is text; other code behind it is read."""
    assert names(facts_of("{{ open <% shown() %> <script> $(x) {% too %}", "html")) == {"shown", "too"}


def test_data_is_no_name() -> None:
    """A name longer than a bound is none."""
    assert names(facts_of("{{ " + "a" * (MAX_NAME + 1) + " b }}", "html")) == {"b"}


@given(
    st.sampled_from(sorted(FORMS)), st.binary(max_size=300) | st.text("{}%<>$#@\"'(/*-?!=;:. \nabscript", max_size=200)
)
def test_any_bytes_give_facts(language: str, source: bytes | str) -> None:
    """Whatever stands in a file, its names are words of it, each once."""
    data = source if isinstance(source, bytes) else source.encode()
    found = [each.chain[0] for each in facts_of(data, language).occurrences.references]
    assert len(found) == len(set(found))
    text = data.decode("utf-8", "replace")
    assert all("\ufffd" in each or each in text for each in found)
