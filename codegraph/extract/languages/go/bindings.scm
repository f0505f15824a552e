; Parameters and variables: a call of one is no call of a function of that name.

((parameter_declaration name: (identifier) @target) (#set! form "bound"))
((variadic_parameter_declaration name: (identifier) @target) (#set! form "bound"))
((short_var_declaration left: (expression_list (identifier) @target)) (#set! form "bound"))
((block (statement_list (var_declaration (var_spec name: (identifier) @target)))) (#set! form "bound"))
((range_clause left: (expression_list (identifier) @target)) (#set! form "bound"))
