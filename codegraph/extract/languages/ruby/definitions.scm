; What may be a definition in Ruby; `definitions.py` decides.

[
  (class)
  (module)
  (method)
  (singleton_method)
  (alias)
] @definition
((call !receiver method: (identifier) @m
  (#match? @m "^(alias_method|attr|attr_accessor|attr_reader|attr_writer|def_delegator|def_delegators|def_instance_delegator|def_instance_delegators|define_method|delegate)$"))
  @definition)
(assignment left: (constant)) @definition
(operator_assignment left: (constant)) @definition
