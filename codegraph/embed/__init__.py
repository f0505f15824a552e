"""From an embedding key to its vector.

`render` says what an encoder may see of a symbol, `Encoder` what an encoder is; `lexical` and `roberta`
are the two engines; `registry` finds models by name; `worker` owns the process in which a model lives.
"""
