((function_definition name: (word) @name body: (_) @body) @definition (#set! kind "function"))
((program (variable_assignment name: (variable_name) @name) @definition) (#set! kind "constant"))
((program (declaration_command (variable_assignment name: (variable_name) @name)) @definition) (#set! kind "constant"))
