; What Zig defines. A type is the value of a constant.

((function_declaration name: (identifier) @name body: (_) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name !body) @definition (#set! kind "function"))
((variable_declaration . (identifier) @name (struct_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (union_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (opaque_declaration) @body) @definition (#set! kind "class"))
((variable_declaration . (identifier) @name (enum_declaration) @body) @definition (#set! kind "enum"))
((source_file (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((struct_declaration (variable_declaration . (identifier) @name) @definition) (#set! kind "constant"))
((test_declaration (string) @name (block) @body) @definition (#set! kind "function"))
