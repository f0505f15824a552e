; What Kotlin defines. Interfaces and enums are classes to the grammar; an object is a class of one instance. What is
; said behind a property's name, but for its type, is its body: only a property of a file or of a class is one.

((class_declaration "interface" name: (identifier) @name (class_body) @body) @definition (#set! kind "interface"))
((class_declaration "interface" name: (identifier) @name) @definition (#set! kind "interface"))
((class_declaration name: (identifier) @name (enum_class_body) @body) @definition (#set! kind "enum"))
((class_declaration name: (identifier) @name (class_body) @body) @definition (#set! kind "class"))
((class_declaration name: (identifier) @name) @definition (#set! kind "class"))
((object_declaration name: (identifier) @name (class_body) @body) @definition (#set! kind "class"))
((object_declaration name: (identifier) @name) @definition (#set! kind "class"))
((companion_object (class_body) @body) @definition (#set! kind "class") (#set! name "Companion"))
((function_declaration name: (identifier) @name (function_body) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name) @definition (#set! kind "function"))
((secondary_constructor (block) @body) @definition (#set! kind "method") (#set! name "constructor"))
((source_file (property_declaration
  (variable_declaration . (identifier) @name) . [(getter) (property_delegate)] @body) @definition) (#set! kind "constant"))
((class_body (property_declaration
  (variable_declaration . (identifier) @name) . [(getter) (property_delegate)] @body) @definition) (#set! kind "constant"))
((enum_class_body (property_declaration
  (variable_declaration . (identifier) @name) . [(getter) (property_delegate)] @body) @definition) (#set! kind "constant"))
((source_file (property_declaration
  (variable_declaration . (identifier) @name) . "=" . (_) @body) @definition) (#set! kind "constant"))
((class_body (property_declaration
  (variable_declaration . (identifier) @name) . "=" . (_) @body) @definition) (#set! kind "constant"))
((enum_class_body (property_declaration
  (variable_declaration . (identifier) @name) . "=" . (_) @body) @definition) (#set! kind "constant"))
((source_file (property_declaration (variable_declaration . (identifier) @name)) @definition) (#set! kind "constant"))
((class_body (property_declaration (variable_declaration . (identifier) @name)) @definition) (#set! kind "constant"))
((enum_class_body (property_declaration (variable_declaration . (identifier) @name)) @definition) (#set! kind "constant"))
((type_alias . type: (identifier) @name) @definition (#set! kind "class"))
