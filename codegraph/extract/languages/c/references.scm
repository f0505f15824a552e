(call_expression function: (identifier) @name @call)
(call_expression function: (field_expression) @member @call)
(type_identifier) @name @type
