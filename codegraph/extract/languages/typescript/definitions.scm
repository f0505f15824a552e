; What TypeScript adds to the candidates of JavaScript.

(function_signature) @definition
(abstract_class_declaration) @definition
(interface_declaration) @definition
(type_alias_declaration) @definition
(enum_declaration) @definition
(variable_declarator value: [(as_expression) (satisfies_expression)]) @definition
