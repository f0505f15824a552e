"""The command line: reads arguments, asks the daemon, prints. No logic of its own.

argparse, not typer: `codegraph status` must answer within 150 ms, and a typer application of this
size takes 119 ms before it has done anything (median of 15 starts; argparse: 21 ms). Every command
imports what it needs when it runs; rich is imported only for the bar.
"""
