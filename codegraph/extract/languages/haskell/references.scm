; Every variable may be a mention; what patterns bind is taken away by bindings.scm.

(variable) @name
(apply function: (variable) @call)
(qualified) @member
(apply function: (qualified) @call)
(operator) @name @call
(constructor) @name
(name) @name @type
