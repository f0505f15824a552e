; What Kotlin defines. Interfaces are classes to the grammar; an object is a class of one instance.

((class_declaration name: (identifier) @name [(class_body) (enum_class_body)] @body) @definition (#set! kind "class"))
((class_declaration name: (identifier) @name) @definition (#set! kind "class"))
((object_declaration name: (identifier) @name (class_body) @body) @definition (#set! kind "class"))
((object_declaration name: (identifier) @name) @definition (#set! kind "class"))
((companion_object (class_body) @body) @definition (#set! kind "class") (#set! name "Companion"))
((function_declaration name: (identifier) @name (function_body) @body) @definition (#set! kind "function"))
((function_declaration name: (identifier) @name) @definition (#set! kind "function"))
((secondary_constructor (block) @body) @definition (#set! kind "method") (#set! name "constructor"))
((property_declaration (variable_declaration . (identifier) @name)) @definition (#set! kind "constant"))
((type_alias . type: (identifier) @name) @definition (#set! kind "class"))
