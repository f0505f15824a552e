; Calls, types, bases and annotations by name.

(method_invocation name: (identifier) @name @call)
(object_creation_expression type: (type_identifier) @construct)
(object_creation_expression type: (generic_type (type_identifier) @construct))
(type_identifier) @name @type
(superclass (type_identifier) @inherit)
(superclass (generic_type (type_identifier) @inherit))
(super_interfaces (type_list (type_identifier) @implement))
(super_interfaces (type_list (generic_type (type_identifier) @implement)))
(extends_interfaces (type_list (type_identifier) @inherit))
(extends_interfaces (type_list (generic_type (type_identifier) @inherit)))
(marker_annotation name: (identifier) @name @decorator)
(annotation name: (identifier) @name @decorator)
