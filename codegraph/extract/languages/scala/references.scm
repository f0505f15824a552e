(call_expression function: (identifier) @name @call)
(call_expression function: (field_expression) @member @call)
(call_expression function: (generic_function function: (identifier) @name @call))
(call_expression function: (generic_function function: (field_expression) @member @call))
(instance_expression (type_identifier) @construct)
(infix_expression operator: (identifier) @name @call)
(type_identifier) @name @type
(extends_clause type: (type_identifier) @inherit)
(extends_clause type: (generic_type type: (type_identifier) @inherit))
