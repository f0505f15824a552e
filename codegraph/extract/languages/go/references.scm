(call_expression function: (identifier) @name @call)
(call_expression function: (selector_expression) @member @call)
(call_expression function: (parenthesized_expression (selector_expression) @member @call))
(type_identifier) @name @type
(struct_type (field_declaration_list (field_declaration !name type: (type_identifier) @inherit)))
(qualified_type) @member @type
