"""Components of Vue, Svelte and Astro: what of their markup is code, and what of that is understood."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from projects import Project

from codegraph.core.facts import FileFacts, Role, decode_own_input
from codegraph.extract.extractor import Limits, extract
from codegraph.extract.grammar import compiled

VUE = """\
<!-- helper() in a comment -->
<template>
  <div :class="{ active: isActive, 'big-one': size > 3 }" title="plain()">
    <user-card v-for="(item, index) in items" :key="item.id" :class="mark(index)"
      @select="pick(item); note()" @hover="note">
      <template #header="{ title }"><h1>{{ format(title) }}</h1></template>
    </user-card>
    <Tag v-if="a &amp;&amp; known(b)" /> {{ unread( }}
    <component :is="shape" v-for="one in items" />
  </div>
</template>

<script>
import UserCard from './UserCard.vue'
import Tag from './Tag.vue'
import { format, items } from './format'
export default {
  name: 'Page',
  data() { return { size: 3 } },
  methods: {
    /** Picks one. */
    pick(item) { this.note(item) },
    note() {},
  },
}
</script>

<style scoped>
.card { color: red; content: 'helper()'; }
</style>
"""
SETUP = """\
<script setup lang="ts">
import { load } from './load'
const user = load(3)
function save(name: string) { return load(name.length) }
</script>

<template>
  <p @click="save('a')">{{ load(4) }} {{ user.name }}</p>
  <li v-for="user in load(1)">{{ user }}</li>
</template>
"""
SVELTE = """\
<script context="module" lang="ts">
  export function shared(a: number) { return a }
</script>
<script lang="ts">
  import { count } from './stores'
  import { base } from '$app/paths'
  import Item from './Item.svelte'
  export let items: string[] = []
  function pick(x) { $count = x; return shared($count) }
  $: doubled = $count * 2
</script>

<!-- {shared(9)} -->
<svelte:head><title>{$count}</title></svelte:head>
{#if items.length > 0}
  {#each items as shared, i (key(shared))}
    <Item {shared} on:click={() => pick(shared)} class:active={i === 2} style={{ a: pick }} />
  {:else}<p>none</p>{/each}
{:else if check(3)}{check(4)}{check(5)}
{/if}
{#await load() then value}{value.show()}{:catch error}{error.message}{/await}
{#snippet row(a, { b }: { b: number })}<td>{a} {pick(b)}</td>{/snippet}
{@render row(1, 2)}
<input use:pick {...items} />
<style>a { content: 'check()' }</style>
"""
ASTRO = """\
---
import Card from './Card.astro'
import { posts, helper } from './data'
const { title } = Astro.props
---
<html><head><title>{title}</title></head>
<body class:list={["a", { b: helper(1) }]}>
  <br>
  {posts.map((post) => <Card {...post} title={helper(post)}>don't {post.text}</Card>)}
  {title && <p>{helper(title)}</p>}
  <Card data={{ a: helper }} />
</body></html>
<script>import { run } from './client'
run()</script>
<style>a { content: 'helper()' }</style>
"""
SOURCES = {"vue": VUE, "svelte": SVELTE, "astro": ASTRO}


def facts_of(source: str | bytes, language: str) -> FileFacts:
    """Extract one component."""
    return extract(source.encode() if isinstance(source, str) else source, language, Limits())


def mentions(facts: FileFacts, role: Role = Role.CALL) -> dict[str, list[int]]:
    """Return the chains that are mentioned in a role, written with dots, with their lines."""
    found: dict[str, list[int]] = {}
    for each in facts.occurrences.references:
        if each.role is role:
            found.setdefault(".".join(each.chain), []).extend(each.positions[::2])
    return found


def test_templates_of_vue_mention_what_their_directives_run() -> None:
    """Expressions, statements of events, elements in both spellings, what a loop goes through; no text or comment."""
    facts = facts_of(VUE, "vue")
    assert not facts.outline.problems
    calls = mentions(facts)
    assert calls["UserCard"] == [3]
    assert calls["Tag"] == [7]
    assert calls["format"] == [5]
    assert calls["().known"] == [7]
    assert "helper" not in calls
    assert "plain" not in calls
    assert mentions(facts, Role.READ)["items"] == [3, 8]


def test_names_of_a_template_are_members_of_the_object_that_a_component_is() -> None:
    """A method in `methods` is a symbol, which the template calls; other names are members of nobody knows what."""
    facts = facts_of(VUE, "vue")
    named = {each.name: each for each in facts.outline.definitions}
    assert named["pick"].descriptor == "default.pick()."
    assert decode_own_input(facts.inputs[named["pick"].own]).docstring == "Picks one."
    chains = {each.chain for each in facts.occurrences.references}
    assert ("@=default.", "pick") in chains
    assert ("@=default.", "note") in chains
    assert ("@self", "note") in chains
    assert ("()", "isActive") in chains
    assert not any(chain[0] in ("isActive", "pick") for chain in chains)


def test_names_that_a_template_binds_hide_those_of_the_script() -> None:
    """`v-for="user in ..."` and `{#each items as shared}` name something else than the script does."""
    calls, reads = (mentions(facts_of(SETUP, "vue"), role) for role in (Role.CALL, Role.READ))
    assert calls["load"] == [2, 3, 7, 8]
    assert calls["save"] == [7]
    assert "user" not in reads
    svelte = facts_of(SVELTE, "svelte")
    assert mentions(svelte)["shared"] == [8]
    assert "shared" not in mentions(svelte, Role.READ)


def test_markup_of_svelte_mentions_what_braces_and_directives_run() -> None:
    """Blocks, tags, snippets, actions and elements; a name with a dollar is the store's, in a string it is text."""
    facts = facts_of(SVELTE, "svelte")
    assert not facts.outline.problems
    calls, reads = mentions(facts), mentions(facts, Role.READ)
    assert calls["pick"] == [16, 21]
    assert calls["().check"] == [18, 18, 18]
    assert calls["().key"] == [15]
    assert calls["().load"] == [20]
    assert calls["Item"] == [16]
    assert calls["@=row()."] == [22]
    assert reads["count"] == [8, 9, 13]
    assert {16, 23} <= set(reads["pick"])
    assert {each.name for each in facts.outline.definitions} >= {"shared", "pick", "items", "row"}
    assert {each.module for each in facts.occurrences.imports} == {"./stores", "$app/paths", "./Item.svelte"}


def test_markup_of_astro_mentions_what_braces_run() -> None:
    """The frontmatter, elements in expressions, objects, and scripts; an element in lower case is none of ours."""
    facts = facts_of(ASTRO, "astro")
    assert not facts.outline.problems
    calls = mentions(facts)
    assert calls["helper"] == [6, 8, 9]
    assert calls["Card"] == [8, 10]
    assert calls["run"] == [13]
    assert "title" not in calls
    assert mentions(facts, Role.READ)["helper"] == [10]


def test_what_the_grammar_cannot_read_of_a_template_is_mentioned_as_uncertain() -> None:
    """One broken interpolation costs neither the script nor the rest of the template, and its names are not lost."""
    facts = facts_of(VUE, "vue")
    assert mentions(facts)["().unread"] == [7]
    broken = facts_of(SVELTE.replace("{#if items", "{#if ) items"), "svelte")
    assert not broken.outline.problems
    assert mentions(broken)["pick"] == [16, 21]


def test_a_snippet_without_an_end_costs_nothing_else() -> None:
    """Half of a block is left out."""
    facts = facts_of(SVELTE.replace("{/snippet}", ""), "svelte")
    assert not facts.outline.problems
    assert mentions(facts)["Item"] == [16]


def test_scripts_and_templates_in_other_languages_are_not_read() -> None:
    """What is CoffeeScript or Pug is no JavaScript."""
    facts = facts_of(
        '<script lang="coffee">\nf = -> g()\n</script>\n<template lang="pug">\np(@click="f()")\n</template>\n', "vue"
    )
    assert not facts.outline.problems
    assert not facts.occurrences.references


def test_a_component_is_what_its_file_offers() -> None:
    """An element stands for the file of the component, or for the object that it exports; callers are told."""
    project = Project(
        {
            "App.vue": VUE,
            "UserCard.vue": SETUP,
            "Tag.vue": "<script>\nexport default { name: 'Tag' }\n</script>\n",
            "format.js": "export function format(x) { return x }\nexport const items = []\n",
            "load.ts": "export function load(n: number) { return n }\n",
            "main.js": "import App from './App'\nimport Card from './UserCard.vue'\nexport const it = [App, Card]\n",
        }
    )
    assert {
        "calls App.vue/default.pick().",
        "calls UserCard.vue/",
        "calls Tag.vue/default.",
        "calls format.js/format().",
        "references format.js/items.",
    } <= set(project.edges("App.vue/"))
    assert "calls App.vue/default.note()." in project.edges("App.vue/default.pick().")
    assert "calls load.ts/load()." in project.edges("UserCard.vue/")
    assert project.edges("main.js/it.") == ["references App.vue/default.", "references UserCard.vue/"]


def test_names_that_no_package_can_have_stand_for_places_of_the_project() -> None:
    """`@/x`, `~/x` and `$lib/x` mean what templates of bundlers let them mean, unless a setting says otherwise."""
    files = {
        "web/package.json": '{"name": "web"}',
        "web/src/lib/a.ts": "export function a() {}\n",
        "web/src/b.ts": "export function b() {}\n",
        "web/src/pages/P.svelte": (
            "<script>\nimport { a } from '$lib/a'\nimport { b } from '@/b'\nimport { c } from '~/none'\n"
            "a(); b(); c()\n</script>\n"
        ),
    }
    page = "web/src/pages/P.svelte/"
    assert {"calls web/src/lib/a.ts/a().", "calls web/src/b.ts/b()."} <= set(Project(files).edges(page))
    mapped = files | {
        "web/jsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./other/*"]}}}',
        "web/other/b.ts": "export function b() {}\n",
    }
    assert "calls web/other/b.ts/b()." in Project(mapped).edges(page)


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_what_is_read_has_as_many_bytes(language: str) -> None:
    """However a component is cut or mixed up, what the parser reads has its length, and facts come out."""
    chance, source = random.Random(7), SOURCES[language].encode()
    for _ in range(150):
        first, second = sorted(chance.randrange(len(source)) for _ in range(2))
        data = chance.choice(
            [
                source[:first] + source[second:],
                source[first:second],
                source[:first] + source[second:] + source[first:second],
                source[:first]
                + chance.choice([b"{", b"}", b'"', b"<!--", b"</script>", b"{#each ", b"{{"])
                + source[first:],
            ]
        )
        read = compiled(language).reading(data).read
        assert len(read) == len(data)
        assert facts_of(data, language).outline.definitions


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(SOURCES)))
def test_any_bytes_are_a_component(data: bytes, language: str) -> None:
    """Nothing raises, whatever stands in the file."""
    assert len(compiled(language).reading(data).read) == len(data)
    assert facts_of(data, language).outline.definitions
