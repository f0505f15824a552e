"""What may not be learnt from."""

from __future__ import annotations

import pytest

from training.exclusions import Exclusions


@pytest.fixture(scope="module")
def exclusions() -> Exclusions:
    return Exclusions.read()


@pytest.mark.parametrize(
    "name",
    [
        *("python3-requests", "golang-github-spf13-cobra-dev", "ruby-rack-oauth2", "librust-serde-dev", "zod"),
        *("nlohmann-json3-dev", "php-monolog", "libjackson2-databind-java", "node-express", "mini.nvim", "gson"),
        *("@reduxjs/redux", "librust-tokio-1-dev", "php-symfony-console", "kotlinx-coroutines"),
    ],
)
def test_measured_projects_are_excluded(exclusions: Exclusions, name: str) -> None:
    """Projects that search is measured on, their companions and their packages' names are known."""
    assert exclusions.holds(name)


@pytest.mark.parametrize("name", ["python3-yaml", "librust-nom-dev", "ruby-tracker", "golang-golang-x-text-dev"])
def test_others_are_not(exclusions: Exclusions, name: str) -> None:
    """A part of a name must be the whole excluded name."""
    assert not exclusions.holds(name)


@pytest.mark.parametrize("path", ["pip/_vendor/idna/core.py", "src/node_modules/a/b.js", "x/requests/api.py"])
def test_copies_inside_of_packages_are_excluded(exclusions: Exclusions, path: str) -> None:
    """Vendored code and directories named like an excluded project are left out, files of that name are not."""
    assert exclusions.holds_path(path)
    assert not exclusions.holds_path("src/requests.py")


def test_digits_and_borders_do_not_matter() -> None:
    """A name of several parts is found side by side only."""
    one = Exclusions(["lazy.nvim"])
    assert one.holds("vim-lazy-nvim2")
    assert not one.holds("nvim-lazy")
