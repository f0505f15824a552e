"""Which actions the routes of a Rails application name."""

from __future__ import annotations

from projects import Project

from codegraph.core.facts import Role
from codegraph.extract.extractor import Limits, extract

ROUTES = """\
Rails.application.routes.draw do
  root to: "home#index"
  get "/rss" => "home#rss", :format => "rss"
  get "/old", to: redirect("/new#part")
  get 'about/team'
  match "/set" => "login#set_new_password", :via => [:get, :post]
  constraints id: /x/ do
    if Rails.env.test?
      get "/inner", to: "deep#inner"
    end
  end
  resources :stories, except: [:index, :destroy] do
    post "flag"
    member do
      get :hidden, :other
      get "/path/:id" => "paths#show"
    end
    resources :suggestions, only: %i[new create]
  end
  resource :box, only: :show
  resources :notes, controller: "memos", only: []  do
    get :all
  end
  namespace :admin do
    get "users" => "user_notes#list"
    scope module: "deep" do
      resources :tags, only: ["edit"]
    end
  end
  get "/named", controller: "plain", action: :run
  mount Engine => "/engine"
  get dynamic
  get "#{prefix}/x", to: "a##{b}"
end
other.draw { get "/x" => "not#here" }
"""


def actions(source: str) -> set[str]:
    """Return what is called on a new controller: `Admin::TagsController.edit`, with its line."""
    found = set()
    for each in extract(source.encode(), "ruby", Limits()).occurrences.references:
        if each.chain[-3:-1] == ("<new>", "()") and each.role is Role.CALL:
            place = "".join(each.chain[:-3])
            found |= {f"{place}.{each.chain[-1].removesuffix('()')}:{line}" for line in each.positions[::2]}
    return found


def test_each_way_to_name_an_action() -> None:
    """Targets, usual actions with what is left out, those of a block's resource, modules; nothing that is computed."""
    stories = {f"StoriesController.{each}:11" for each in ("show", "new", "create", "edit", "update")}
    assert actions(ROUTES) == stories | {
        "HomeController.index:1",
        "HomeController.rss:2",
        "AboutController.team:4",
        "LoginController.set_new_password:5",
        "DeepController.inner:8",
        "StoriesController.flag:12",
        "StoriesController.hidden:14",
        "StoriesController.other:14",
        "PathsController.show:15",
        "SuggestionsController.new:17",
        "SuggestionsController.create:17",
        "BoxesController.show:19",
        "MemosController.all:21",
        "Admin::UserNotesController.list:24",
        "Admin::Deep::TagsController.edit:26",
        "PlainController.run:29",
    }


def test_plurals_of_single_resources() -> None:
    """The controller of a `resource` is called by its plural."""
    source = (
        "routes.draw do\n" + "".join(f"  resource :{each}, only: :show\n" for each in ("city", "day", "bus")) + "end"
    )
    found = {each.partition(".")[0] for each in actions("Rails.application." + source)}
    assert found == {"CitiesController", "DaysController", "BusesController"}


def test_blocks_without_end() -> None:
    """Blocks in blocks are followed to a bound, and a broken file is no exception."""
    deep = "Rails.application.routes.draw do\n" + "scope do\n" * 300 + 'get "/x" => "a#b"\n' + "end\n" * 301
    assert actions(deep) == set()
    assert actions("Rails.application.routes.draw do\n  resources\n  get\n  namespace do\n resource 3, :") == set()


def test_routes_call_actions() -> None:
    """Edges lead to the methods of controllers, those in modules that Rails makes of directories, too."""
    project = Project(
        {
            "config/routes.rb": "Rails.application.routes.draw do\n  resources :stories, only: [:show, :edit]\n"
            '  namespace :mod do\n    get "/x" => "notes#list"\n  end\nend\n',
            "app/controllers/stories_controller.rb": "class StoriesController < ApplicationController\n"
            "  def show; end\nend\n",
            "app/controllers/mod/notes_controller.rb": "class Mod::NotesController < Mod::BaseController\n"
            "  def list; shared; end\nend\n",
            "app/controllers/mod/base_controller.rb": "class Mod::BaseController\n  def shared; end\nend\n",
        }
    )
    assert project.edges("config/routes.rb/") == [
        "calls app/controllers/stories_controller.rb/StoriesController#show().",
        "calls app/controllers/mod/notes_controller.rb/Mod#NotesController#list().",
    ]
    notes = "app/controllers/mod/notes_controller.rb/Mod#NotesController#"
    base = "app/controllers/mod/base_controller.rb/Mod#BaseController#"
    assert project.edges(notes) == [f"inherits {base}"]
    assert project.edges(f"{notes}list().") == [f"calls {base}shared()."]


def test_modules_of_directories_come_and_go() -> None:
    """Whoever names one is linked again; a library's module that a file only adds to is none."""
    user = "class User\n  def f; Admin::Tools.new.run; Library::Thing.new.go; end\nend\n"
    tools = "class Admin::Tools\n  def run; end\nend\n"
    added = "class Library::Thing\n  def go; end\nend\n"
    project = Project({"app/user.rb": user, "config/initializers/changes.rb": added})
    assert project.edges("app/user.rb/User#f().") == []
    project.change({"lib/admin/tools.rb": tools})
    assert project.edges("app/user.rb/User#f().", "calls") == [
        "calls lib/admin/tools.rb/Admin#Tools#",
        "calls lib/admin/tools.rb/Admin#Tools#run().",
    ]
    assert {(each.name, each.reason) for each in project.index.snapshot.unresolved("app/user.rb")} >= {
        ("Admin", "external"),
        ("Library", "external"),
    }
    project.change({"lib/admin/tools.rb": None, "lib/other.rb": tools})
    assert project.edges("app/user.rb/User#f().") == []
