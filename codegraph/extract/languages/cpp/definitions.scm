; What may be a definition in C++; `definitions.py` decides.

[
  (class_specifier)
  (struct_specifier)
  (union_specifier)
  (enum_specifier)
  (function_definition)
  (declaration)
  (field_declaration)
  (type_definition)
  (alias_declaration)
  (concept_definition)
  (enumerator)
  (preproc_def)
  (preproc_function_def)
] @definition
