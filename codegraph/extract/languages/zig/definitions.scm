; What Zig defines. A type is the value of a constant. A test that is named after what it tests would be taken for that.

((function_declaration name: (identifier) @name body: (_) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name !body) @definition (#set! kind "function"))
((variable_declaration . (identifier) @name (struct_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (union_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (opaque_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (enum_declaration) @body) @definition (#set! kind "enum"))
((variable_declaration . (identifier) @name (error_set_declaration) @body) @definition (#set! kind "enum"))
((source_file (variable_declaration . (identifier) @name
  [(struct_initializer) (anonymous_struct_initializer) (labeled_type_expression) (switch_expression)] @body)
  @definition) (#set! kind "constant"))
((source_file (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((struct_declaration (variable_declaration . (identifier) @name
  [(struct_initializer) (anonymous_struct_initializer) (labeled_type_expression) (switch_expression)] @body)
  @definition) (#set! kind "constant"))
((struct_declaration (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((enum_declaration (variable_declaration . (identifier) @name
  [(struct_initializer) (anonymous_struct_initializer) (labeled_type_expression) (switch_expression)] @body)
  @definition) (#set! kind "constant"))
((enum_declaration (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((union_declaration (variable_declaration . (identifier) @name
  [(struct_initializer) (anonymous_struct_initializer) (labeled_type_expression) (switch_expression)] @body)
  @definition) (#set! kind "constant"))
((union_declaration (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((opaque_declaration (variable_declaration . (identifier) @name
  [(struct_initializer) (anonymous_struct_initializer) (labeled_type_expression) (switch_expression)] @body)
  @definition) (#set! kind "constant"))
((opaque_declaration (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((test_declaration (string) @name (block) @body) @definition (#set! kind "function"))
((test_declaration (block) @body) @definition (#set! kind "function") (#set! name "test"))
