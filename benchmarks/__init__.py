"""Measures what codegraph claims, on real trees, through the real daemon.

Each module measures one claim and can be run alone: `python -m benchmarks.edit_to_fresh --help`.
`python -m benchmarks.all` runs them all on one tree, prints value beside target, and leaves a file
under `benchmarks/results/<machine>/<commit>.json`. `benchmarks.replay` is the proof by real history,
`benchmarks.demo` what `make demo` shows.

Everything happens in a scratch directory (`sandbox.py`): neither the measured tree nor the state of
the user is touched. A figure comes with its spread and the load of the machine, and, where there is
one, with the ratio to a limit or a baseline that was measured in the same run: absolute times move
with the machine. Tests of the arithmetic: tests/unit/benchmarks/.
"""
