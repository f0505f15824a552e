"""From an embedding key to its vector.

`render` says what an encoder may see of a symbol, `encoder` what an encoder is; `spec` describes a model, `registry`
finds one by name and knows which module is its engine; `worker` owns the process in which it lives.
"""
