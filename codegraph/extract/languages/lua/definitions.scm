; What Lua defines. A function in a table is a function of its last name.

((function_declaration name: (identifier) @name body: (_) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name !body) @definition (#set! kind "function"))
((function_declaration name: (dot_index_expression field: (identifier) @name) body: (_) @body) @definition
  (#set! kind "function"))
((function_declaration name: (dot_index_expression field: (identifier) @name) !body) @definition
  (#set! kind "function"))
((function_declaration name: (method_index_expression method: (identifier) @name) body: (_) @body) @definition
  (#set! kind "method"))
((function_declaration name: (method_index_expression method: (identifier) @name) !body) @definition
  (#set! kind "method"))
((assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (function_definition body: (_) @body) .)) @definition (#set! kind "function"))
((assignment_statement
  (variable_list . name: (dot_index_expression field: (identifier) @name) .)
  (expression_list . value: (function_definition body: (_) @body) .)) @definition (#set! kind "function"))
((chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) @name .)
  (expression_list . value: (_) @body .)) @definition)) (#set! kind "constant"))
((chunk (assignment_statement
  (variable_list . name: (dot_index_expression field: (identifier) @name) .)
  (expression_list . value: (table_constructor) @body .)) @definition) (#set! kind "constant"))
