(call_expression . (simple_identifier) @name @call)
(call_expression . (navigation_expression) @member @call)
(user_type (type_identifier) @name @type)
(inheritance_specifier inherits_from: (user_type (type_identifier) @inherit))
