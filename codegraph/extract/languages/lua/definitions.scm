; What may be a definition; definitions.py reads them.

(function_declaration) @definition
((assignment_statement
  (variable_list . name: (_) .)
  (expression_list . value: (function_definition) .)) @definition)
(chunk (variable_declaration (assignment_statement
  (variable_list . name: (identifier) .)
  (expression_list . value: (_) .)) @definition))
(chunk (assignment_statement
  (variable_list . name: [(identifier) (dot_index_expression)] .)
  (expression_list . value: (table_constructor) .)) @definition)
(chunk (assignment_statement
  (variable_list . name: (bracket_index_expression) .)
  (expression_list . value: [(table_constructor) (function_call)] .)) @definition)
(table_constructor (field name: (identifier) value: (function_definition)) @definition)
