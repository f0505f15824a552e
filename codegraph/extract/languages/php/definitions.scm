; What may be a definition in PHP; `definitions.py` decides.

[
  (class_declaration)
  (trait_declaration)
  (interface_declaration)
  (enum_declaration)
  (method_declaration)
  (function_definition)
  (const_element)
  (enum_case)
  (property_element)
  (property_promotion_parameter)
] @definition
((function_call_expression function: (name) @f (#eq? @f "define")) @definition)
