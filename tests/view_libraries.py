"""Libraries as in `libraries`, of programs that files in another language call: views, routes, settings, notebooks."""

from __future__ import annotations

from libraries import Library

RAILS = Library(
    {
        "config/routes.rb": [
            ("Rails.application.routes.draw do",),
            ('  root "home#index"', '  get "/x" => "home#show"', "  root to: 'admin/users#index'", ""),
            ("  resources :users, only: [:index]", "  resource :home", "  resources :users do\n    post :flag\n  end"),
            (
                "  namespace :admin do\n    resources :users\n  end",
                "  scope module: 'admin' do\n    get 'users/flag'\n  end",
            ),
            ("end",),
        ],
        "app/controllers/application_controller.rb": [
            ("class ApplicationController < ActionController::Base", "class ApplicationController", ""),
            ("  def index; title; end", "  def show; end", ""),
            ("  def current_user; User.new; end\nend", "  helper_method :current_user\nend", "end"),
        ],
        "app/controllers/home_controller.rb": [
            ("class HomeController < ApplicationController", "class HomeController < Admin::BaseController"),
            ("  include HomeHelper", "  before_action :flag", ""),
            ("  def index; @users = User.all; end", "  def show; card; end", ""),
            ("  def flag; redirect_to; end\nend", "end"),
        ],
        "app/controllers/admin/base_controller.rb": [
            (
                "class Admin::BaseController < ApplicationController",
                "class Admin::BaseController",
                "module Admin\nclass BaseController < ApplicationController",
            ),
            ("  def index; current_user.flag!; end", "  def flag; end", ""),
            ("end", "end\nend"),
        ],
        "app/controllers/admin/users_controller.rb": [
            (
                "class Admin::UsersController < Admin::BaseController",
                "class Admin::UsersController < BaseController",
                "class Admin::UsersController < Admin::Other::BaseController",
            ),
            ("  def show; index; end", "  def index; super; end", "  def flag; Admin::Tool.new.use; end"),
            ("end",),
        ],
        "app/controllers/users_controller.rb": [
            ("class UsersController < ApplicationController", "class UsersController < Admin::UsersController"),
            ("  def index; flag; end", "  def flag; end", "  private def flag; end"),
            ("end",),
        ],
        "app/models/admin/tool.rb": [
            ("class Admin::Tool", "module Admin\nend\nclass Admin::Tool", "class Tool", "class Admin::Tool < User"),
            ("  def use; end\nend", "  def flag!; end\nend"),
        ],
        "app/models/admin.rb": [("module Admin\n  def self.tool; Tool.new; end\nend", "class Admin\nend", "")],
        "app/models/user.rb": [
            ("class User", "class User < ApplicationRecord", "module User"),
            ("  def flag!; end", "  def title; end", "  def self.all; new; end"),
            ("end",),
        ],
        "app/helpers/home_helper.rb": [
            ("module HomeHelper", "module HomeHelper\n  include CardHelper", "module OtherHelper"),
            ("  def title; card; end", "  def title(size); end", ""),
            ("end",),
        ],
        "app/helpers/card_helper.rb": [("module CardHelper\n  def card; end\nend", "def card; end", "")],
        "app/views/home/index.html.erb": [
            ("<h1><%= title %></h1>", "<%= card title %>", "<% index %>", "plain"),
            ("<% @users.each do |user| %><%= user.flag! %><% end %>", "<%= User.new.flag! %>", "<% if title"),
            ("<%= Admin::Tool.new.use %>", "<%= Admin.tool.use %>", "<%# card %>"),
        ],
        "app/views/home/show.haml": [("%h1= title", "- card.flag!", "%p text", "")],
    }
)

LARAVEL = Library(
    {
        "routes/web.php": [
            ("<?php\nuse App\\Http\\Controllers\\PhotoController;", "<?php\nuse App\\Other\\PhotoController;", "<?php"),
            ("Route::resource('photos', PhotoController::class);", "Route::get('/p', 'PhotoController@show');", ""),
            (
                "Route::controller(PhotoController::class)->group(function () { Route::get('/x', 'flag'); });",
                "Route::get('/x', [PhotoController::class, 'index']);",
                "Route::get('/y', 'Admin\\PhotoController@flag');",
            ),
        ],
        "app/Http/Controllers/PhotoController.php": [
            ("<?php\nnamespace App\\Http\\Controllers;", "<?php\nnamespace App\\Other;"),
            ("class PhotoController extends Controller\n{", "class PhotoController\n{\n    use Shows;"),
            ("    public function index() { return card(); }", "    public function show() { $this->flag(); }", ""),
            ("    public function flag(Photo $photo) { $photo->title(); }\n}", "}"),
        ],
        "app/Http/Controllers/Controller.php": [
            ("<?php\nnamespace App\\Http\\Controllers;\nabstract class Controller\n{",),
            ("    public function show() { }\n}", "    public function flag() { }\n}", "}"),
        ],
        "app/Http/Controllers/Shows.php": [
            ("<?php\nnamespace App\\Http\\Controllers;\ntrait Shows { public function show() { } }", "<?php"),
        ],
        "app/Photo.php": [
            ("<?php\nnamespace App;\nclass Photo\n{", "<?php\nnamespace App\\Http\\Controllers;\nclass Photo\n{"),
            ("    public function title(): string { return ''; }", "    public static function all() { }", ""),
            ("}",),
        ],
        "app/functions.php": [("<?php\nfunction card() { }", "<?php\nfunction card(int $size) { }", "<?php")],
        "public/index.php": [
            ("<?php\nfunction page() { ?>", "<?php card();\nfunction page(int $size) { card(); ?>"),
            ("<script>card(<?php card(); ?>)", "<p onclick='title()'>", "card()"),
            ("<?php }\npage();", "</script><?php } ?>\n<script>page()"),
        ],
        "resources/views/photo.blade.php": [
            ("{{ card() }}", "{!! \\App\\Photo::all() !!}", "{{-- card() --}}", "text"),
            ("@foreach ($photos as $photo)\n{{ $photo->title() }}\n@endforeach", "@if (card())\n@endif", "@if (card("),
            ("@php\nuse App\\Photo;\n(new Photo)->title();\n@endphp", "@inject('photo', 'App\\Photo')", ""),
        ],
    }
)

WEB = Library(
    {
        "src/App.vue": [
            ('<script setup lang="ts">',),
            (
                "import Card from './Card.vue'",
                "import Card from './Panel.svelte'",
                "import { Card } from './index'",
                "",
            ),
            ("import { title, open as show } from './store'", "import * as store from './store'", ""),
            ("const open = () => title(1)", "function show(size: number) { return store.title() }", ""),
            ("</script>",),
            (
                '<template><Card :title="title(2)" @click="open" />',
                '<template><card @press="show(1)">{{ store.title() }}</card>',
                "<template><p>{{ title",
            ),
            ("</template>", "</template>\n<style>p { color: red }</style>"),
        ],
        "src/Card.vue": [
            (
                "<script>\nimport { title } from './store'\nexport default { methods: { title } }\n</script>",
                "<script setup>\ndefineProps<{ title: string }>()\n</script>",
                "",
            ),
            ('<template><b @click="press">{{ $emit("press") }}</b></template>', "<template><slot /></template>"),
        ],
        "src/Panel.svelte": [
            ("<script>\n  import { title } from './store'\n  import Card from './Card.vue'", "<script>"),
            ("  export let size = 1\n  const press = () => title(size)\n</script>", "</script>"),
            ("<Card on:click={press} />{#if size}{title(size)}{/if}", "{title", "<p>{size}</p>"),
        ],
        "src/page.astro": [
            ("---\nimport Panel from './Panel.svelte'\nimport { open } from './store'\n---", "---\n---", ""),
            ("<Panel size={open()} />", "<p>{open().title()}</p>"),
        ],
        "src/index.ts": [
            ("export { default as Card } from './Card.vue'", "export { default as Card } from './Panel.svelte'", ""),
            ("export * from './store'", "export { title as open } from './store'", ""),
        ],
        "src/store.ts": [
            ("export function title(size?: number) { return size }", "export const title = () => open()", ""),
            ("export function open() { return new Box() }", "export default function open() {}", ""),
            ("class Box { title() {} }", "export class Box { press() {} }"),
        ],
        "index.html": [("<button onclick='open(title)'>", "<p>title</p>", "")],
    }
)

PATHS = Library(
    {
        "site/settings.py": [
            ("MIDDLEWARE = ['site.core.Box', \"site.extra.make\"]", "MIDDLEWARE = ['core.Box.run']", "MIDDLEWARE = []"),
            ("POINT = 'tool = site.core:main'", "POINT = 'site.extra:Box.run'", "import site.extra as core"),
            ("import core", "from site import core", ""),
        ],
        "site/core.py": [
            ("class Box:\n    def run(self):\n        pass", "from site.extra import Box", "from .extra import *"),
            ("def main():\n    Box().run()", "main = Box", ""),
        ],
        "site/extra.py": [
            ("def make():\n    return main()", "from .core import main as make", ""),
            ("class Box:\n    def run(self):\n        make()", "Box = make", ""),
        ],
        "site/__init__.py": [("", "from .core import Box", "core = None", "from . import extra as core")],
        "core.py": [("class Box:\n    def run(self, size):\n        pass", "")],
        "extra.ipynb": [
            ('{"cells": [{"cell_type": "code", "source": [', '{"cells": [{"cell_type": "markdown", "source": ['),
            (
                '"from site.core import Box\\n", "!ls\\n", "Box().run()\\n"',
                '"import site.extra\\n", "site.extra.make()\\n"',
                '"%time make()\\n"',
            ),
            (']}, {"cell_type": "code", "source": "x = Box()\\nx.run()"}', "]}"),
            (
                '], "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4}',
                '], "metadata": {"kernelspec": {"language": "julia"}}, "nbformat": 4}',
            ),
        ],
        "page.jinja": [("{{ box.run() }}", "{% if make() %}", "text", "{# run #}")],
        "setup.cfg": [("[options.entry_points]\nconsole_scripts =\n    tool = site.core:main", "[other]", "")],
    }
)
