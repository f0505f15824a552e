; Calls and module names; `def` and its kin, and the heads of clauses, mention nothing.

(call target: (identifier) @name @call)
(call target: (dot) @member @call)
(alias) @name

((call target: (identifier) @skip)
  (#any-of? @skip "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate" "defmodule" "defprotocol"
    "defimpl" "defstruct" "doc" "moduledoc" "spec" "type" "alias" "import" "require" "use" "if" "case" "cond" "with"))
((call target: (identifier) @_definer (arguments . (call target: (identifier) @skip)))
  (#any-of? @_definer "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp" "defdelegate"))
((call target: (identifier) @_definer (arguments . (binary_operator left: (call target: (identifier) @skip))))
  (#any-of? @_definer "def" "defp" "defmacro" "defmacrop" "defguard" "defguardp"))
