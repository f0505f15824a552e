(call_expression function: (identifier) @name @call)
(call_expression function: (field_expression) @member @call)
(call_expression function: (qualified_identifier) @member @call)
(call_expression function: (template_function name: (identifier) @name @call))
(new_expression type: (type_identifier) @construct)
(type_identifier) @name @type
(base_class_clause (type_identifier) @inherit)
(base_class_clause (template_type name: (type_identifier) @inherit))
(base_class_clause (qualified_identifier name: (type_identifier) @inherit))
