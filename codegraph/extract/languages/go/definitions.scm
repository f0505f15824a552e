; Where types may be declared inside functions; `definitions.py` decides.

(type_declaration) @definition
