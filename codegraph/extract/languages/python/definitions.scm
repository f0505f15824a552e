; What Python defines. Functions and classes inside functions are local definitions.

((function_definition
  name: (identifier) @name
  body: (block) @body) @definition
  (#set! kind "function"))

((class_definition
  name: (identifier) @name
  body: (block) @body) @definition
  (#set! kind "class"))

; Constants: assignments to one name at the top of a module, or one block below it.

((module
  (expression_statement
    (assignment
      left: (identifier) @name
      right: (_) @body) @definition))
  (#set! kind "constant"))

((module
  (expression_statement
    (assignment
      left: (identifier) @name
      type: (_)
      !right) @definition))
  (#set! kind "constant"))

((module
  [
    (if_statement (block (expression_statement (assignment left: (identifier) @name right: (_) @body) @definition)))
    (if_statement (_ (block (expression_statement (assignment left: (identifier) @name right: (_) @body) @definition))))
    (try_statement (block (expression_statement (assignment left: (identifier) @name right: (_) @body) @definition)))
    (try_statement (_ (block (expression_statement (assignment left: (identifier) @name right: (_) @body) @definition))))
  ])
  (#set! kind "constant"))
