; What Scala defines. An object is a class of one instance.

((class_definition name: (identifier) @name body: (_) @body) @definition (#set! kind "class"))
((class_definition name: (identifier) @name !body) @definition (#set! kind "class"))
((object_definition name: (identifier) @name body: (_) @body) @definition (#set! kind "class"))
((object_definition name: (identifier) @name !body) @definition (#set! kind "class"))
((trait_definition name: (identifier) @name body: (_) @body) @definition (#set! kind "interface"))
((trait_definition name: (identifier) @name !body) @definition (#set! kind "interface"))
((enum_definition name: (identifier) @name body: (_) @body) @definition (#set! kind "enum"))
((function_definition name: (_) @name body: (_) @body) @definition (#set! kind "function"))
((function_declaration name: (_) @name) @definition (#set! kind "function"))
((given_definition name: (_) @name body: (_) @body) @definition (#set! kind "class"))
((val_definition pattern: (identifier) @name value: (_) @body) @definition (#set! kind "constant"))
((type_definition name: (type_identifier) @name) @definition (#set! kind "class"))
