"""Small libraries and their users, in which every part says something of another; edits exchange single parts.

A file is a list of parts, a part a tuple of variants. Between them the variants of a library use each kind of key of
its language's scheme, so that no kind can go unreported without a test that notices (tests/model).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

Parts = Mapping[str, Sequence[tuple[str, ...]]]


class Library:
    """Path -> parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.sizes = {path: len(each) for path, each in parts.items()}
        """Path -> number of parts."""
        self.edits = [
            (path, place, variant)
            for path, each in parts.items()
            for place, variants in enumerate(each)
            for variant in range(len(variants))
        ]
        """(path, part, variant): one part of one file becomes another."""

    def text(self, path: str, choice: Sequence[int]) -> str:
        """Return a file, one variant of each of its parts."""
        parts = [variants[number % len(variants)] for variants, number in zip(self.parts[path], choice, strict=True)]
        return "\n\n".join(filter(None, parts)) + "\n"

    def draw(self, choose: random.Random) -> dict[str, list[int]]:
        """Return a variant of each part of each file."""
        return {path: [choose.randrange(4) for _ in range(size)] for path, size in self.sizes.items()}


PYTHON = Library(
    {
        "lib/__init__.py": [
            ("from .core import *", "from .core import Box, make", "from .extra import *", ""),
            ("from . import extra", "from .extra import helper as make", ""),
            ("__all__ = ['make', 'extra']", "__all__ = ['Box', 'Crate']", ""),
        ],
        "lib/core.py": [
            ("from .extra import Crate", "from .extra import *", ""),
            ("__all__ = ['Box', 'make', 'items']", "__all__ = ['make']", ""),
            ("class Box:\n    part: Crate", "class Box:\n    part = make()", "class Box(Crate):\n    pass"),
            ("    def run(self):\n        self.part.run()", "    def run(self, now):\n        pass", ""),
            ("    def start(self) -> 'Crate':\n        return self.run()", "    def start(self):\n        pass", ""),
            (
                "def make() -> Box:\n    pass",
                "def make() -> Crate:\n    pass",
                "def make(size):\n    return Box()",
                "def make():\n    class Inner(Crate):\n        def run(self):\n            pass\n    return Inner()",
            ),
            ("items: list[Box] = []", "items: list[Crate] = []", ""),
            ("def middle():\n    helper()\n    deep()", "def middle():\n    deep()", ""),
        ],
        "lib/extra.py": [
            ("class Crate:\n    pass", "class Crate(Shape):\n    pass", "from .shape import Shape as Crate", ""),
            ("def helper():\n    pass", "def helper(size):\n    special()", ""),
            ("def deep():\n    pass", "def deep(size):\n    pass", ""),
            ("class Shape:\n    def run(self):\n        pass", "class Shape:\n    def start(self):\n        pass", ""),
            ("def special():\n    pass", "class Odd:\n    def special_member(self):\n        pass", ""),
        ],
        "app.py": [
            ("from lib import *", "from lib.core import *", "import lib", "from lib.core import Box, make, items"),
            ("from lib.extra import deep, Crate", "from lib.core import middle", ""),
            (
                "def main(box: Box):\n    make().run()\n    for i in items:\n        i.run()\n    box.start().run()",
                "def main():\n    Crate().run()\n    make().part.start()\n    items[0].start()\n    middle()",
                "def main():\n    lib.make()\n    lib.extra.helper()\n    lib.core.Box().run()\n    o.special_member()",
                "def main(box: Box):\n    def inner():\n        box.run()\n        deep()\n    inner()",
            ),
            ("class Own(Crate):\n    def run(self):\n        super().start()", "class Own(Box):\n    pass", ""),
        ],
        "lib/tests/check.py": [
            ("import tools\nimport json", "from tools import saw", "from lib import app"),
            ("def check():\n    tools.saw()\n    special()\n    json.dump()", "def check():\n    saw()"),
            ("from lib.core import *", "from lib import *"),
            ("def pick():\n    Box()\n    make()\n    middle()\n    Crate()", ""),
            ("import ns.inner.leaf\n\ndef fall():\n    ns.inner.leaf.run()", ""),
        ],
        "ns/first.py": [("def first():\n    pass", "")],
        "ns/inner/leaf.py": [("def run():\n    pass", "def run(size):\n    pass")],
        "src/tools/__init__.py": [("def saw():\n    pass", "")],
        "tools.py": [("def saw(size):\n    pass", "")],
        "lib/tests/json.py": [("def dump():\n    pass", "")],
    }
)

JAVASCRIPT = Library(
    {
        "lib/index.ts": [
            ("export * from './core'", "export { Box, make } from './core'", "export * from './extra'", ""),
            ("import * as extra from './extra'\nexport { extra }", "export { helper as make } from './extra'", ""),
            ("export { give } from './gifts'", ""),
        ],
        "lib/core.ts": [
            ("import { Crate, helper, deep } from './extra'", "import { Crate } from './extra'", ""),
            (
                "export class Box {\n  part: Crate",
                "export class Box {\n  part = make()",
                "export class Box extends Crate {",
            ),
            ("  run() { this.part.run() }", "  run(now: number) {}", ""),
            ("  start(): Crate { return this.run() }", "  start() {}", ""),
            ("}",),
            (
                "export function make(): Box { return null }",
                "export function make(): Crate { return null }",
                "export function make(size: number) { return new Box() }",
                "",
            ),
            ("export const items: Box[] = []", "export const items: Crate[] = []", ""),
            ("export function middle() { helper(); deep() }", "export function middle() { deep() }", ""),
        ],
        "lib/extra.ts": [
            (
                "export class Crate {}",
                "export class Crate extends Shape {}",
                "export { Shape as Crate } from './shape'",
                "",
            ),
            ("export function helper() {}", "export function helper(size: number) { special() }", ""),
            ("export function deep() {}", "export function deep(size: number) {}", ""),
            ("class Shape { run() {} }", "class Shape { start() {} }", ""),
            ("function special() {}", "class Odd { special_member() {} }", ""),
        ],
        "lib/shape.ts": [("export class Shape { run() {} }", "export class Shape { start() {} }")],
        "lib/gifts.ts": [
            ("import { helper as other } from './extra'", "import { make as other } from './core'", ""),
            ("export { local as give, other as lend }",),
            ("function local() {}", "class local { run() {} }", "const local = items", ""),
            ("class First { use() {} }\nclass Second { use() {} }",),
            (
                "export function pick() { return new First() }",
                "export function pick() { return new Second() }",
                "export function pick() {\n  class Inner { use() {} }\n  return new Inner()\n}",
            ),
        ],
        "app.ts": [
            (
                "import * as lib from './lib'",
                "import { Box, make, items } from './lib'",
                "import { Box, make, items } from '@own/lib'",
                "import { Box, make, items } from '~/core'",
            ),
            ("import { give, lend, pick } from './lib/gifts'", "import { give } from './lib'", ""),
            ("import { deep, Crate } from './lib/extra'", "import { middle } from './lib/core.js'", ""),
            (
                "function main(box: Box) {\n  make().run()\n  for (const i of items) i.run()\n  box.start().run()\n}",
                "function main() {\n  new Crate().run()\n  make().part.start()\n  items[0].start()\n  middle()\n}",
                "function main() {\n  lib.make()\n  lib.extra.helper()\n  new lib.Box().run()\n  o.special_member()\n}",
                "function main() {\n  give()\n  lend()\n  pick().use()\n  give.run()\n}",
            ),
            ("class Own extends Crate { run() { super.start() } }", "class Own extends Box {}", ""),
        ],
        "lib/package.json": [
            ('{"name": "@own/lib",', '{"name": "@own/other",'),
            ('"main": "./index"}', '"main": "./core"}'),
        ],
        "tsconfig.json": [
            (
                '{"compilerOptions": {"paths": {"~/*": ["lib/*"]}}}',
                '{"compilerOptions": {"paths": {"~/*": ["other/*"]}}}',
                "{}",
            )
        ],
        "other/core.ts": [("export function make() {}", "export function make(size: number) {}")],
    }
)

DOCUMENTS = Library(
    {
        "README.md": [
            ("# Lib", "# Library", "# About `Box`", ""),
            ("Use `Box.run()`, see `lib/core.py`.", "Use `make()` and `Crate`.", "`items`, `helper()`.", "pass"),
            ("## Box", "## Crate", "## Own", "## Box\n\n## Box"),
            ("`.run()` and `start()` come after `deep()`.", "`box.start()`, `special_member`", "pass"),
            ("```\n# no heading\n`make()`\n```", "`lib/shape.ts`, `lib/gifts.ts`", ""),
        ],
        "lib/guide.rst": [
            ("Guide\n=====", "The guide\n---------", ""),
            (":func:`lib.core.make` and :class:`Box`", ":meth:`Box.run` and ``lib.extra``", "``middle()``", "pass"),
            (".. class:: Crate\n\n   .. method:: run()", ".. autofunction:: lib.extra.helper", ""),
            ("More\n----", "More\n~~~~", ""),
            ("``special_member()``, ``Odd``, ``give()``", "``pick()``, ``tools.saw``", ""),
        ],
    }
)

BOTH = Library({**PYTHON.parts, **JAVASCRIPT.parts, **DOCUMENTS.parts})
"""Two languages in one tree, neither of which may notice the other, and documents that speak of both."""


def formatted(path: str, text: str) -> str:
    """Return a text with other lines and the same meaning; what stands directly before a definition documents it."""
    if path.endswith(".py"):
        return "# moved\n\n" + text
    if path.endswith(".ts") and text.strip():  # a comment alone in a file documents the module
        return "\n\n" + text + "\n// moved\n"
    return "\n\n" + text + "\n"
