; What may be a definition inside a function, or is one outside; `nested.py` decides.

(function_declaration) @definition
(generator_function_declaration) @definition
(class_declaration) @definition
(variable_declarator value: [(arrow_function) (function_expression) (generator_function) (class)
    (parenthesized_expression) (assignment_expression)]) @definition
(assignment_expression left: (member_expression)
    right: [(arrow_function) (function_expression) (generator_function) (parenthesized_expression)]) @definition
(return_statement (class) @definition)
(arrow_function body: (class) @definition)
