; What may be a definition in Java; `definitions.py` decides.

[
  (class_declaration)
  (record_declaration)
  (interface_declaration)
  (annotation_type_declaration)
  (enum_declaration)
  (method_declaration)
  (constructor_declaration)
  (compact_constructor_declaration)
  (annotation_type_element_declaration)
  (field_declaration)
  (constant_declaration)
] @definition
